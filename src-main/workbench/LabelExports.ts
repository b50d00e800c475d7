import { join, resolve } from 'node:path'
import type {
  LabelExportProgress,
  LabelExportRequest,
  LabelExportResult,
} from '../contract/labelFiles.ts'
import { exportLabels } from './labelExport.ts'
import type { Project } from './Project.ts'

/** Writes the labels of a project out; an export that begins ends the one before it. */
export class LabelExports {
  private readonly announce: (progress: LabelExportProgress) => void
  /** Of the one that goes on, or was the last. */
  private abort = new AbortController()

  constructor(announce: (progress: LabelExportProgress) => void) {
    this.announce = announce
  }

  /** @throws WorkbenchError `bad-request` for a folder of images */
  async write(project: Project, request: LabelExportRequest): Promise<LabelExportResult> {
    const folder = resolve(request.folder ?? join(project.folder, 'exports', 'labels'))
    project.checkOutside(folder)
    this.abort.abort()
    this.abort = new AbortController()
    const { signal } = this.abort
    return exportLabels(project.labelledImages(), request, {
      folder,
      signal,
      onProgress: this.announce,
    })
  }

  /** What was written so far stays. */
  cancel(): void {
    this.abort.abort()
  }
}
