import { join } from 'node:path'
import type { RunPlace } from '../contract/compute.ts'
import { WorkbenchError } from '../contract/errors.ts'
import type { RunId } from '../contract/runs.ts'
import type { RunSummary } from '../contract/runState.ts'
import type { ProjectSlot } from './ProjectSlot.ts'
import { listRuns, summariseRun } from './runFolders.ts'

/** Where the runs of the open project lie. All throw `not-found` while no project is open. */
export class RunPlaces {
  private readonly slot: ProjectSlot

  constructor(slot: ProjectSlot) {
    this.slot = slot
  }

  /** The first run first; damaged ones too, as failed. */
  async summaries(): Promise<readonly RunSummary[]> {
    const project = this.slot.expect()
    const runs = await listRuns(project.runsFolder)
    return Promise.all(runs.map((run) => summariseRun(project.runFolder(run), run)))
  }

  /** @throws WorkbenchError `not-found` for a run that the project does not have */
  async folderOf(run: RunId): Promise<string> {
    const { runsFolder } = this.slot.expect()
    if (!(await listRuns(runsFolder)).includes(run))
      throw new WorkbenchError('not-found', `There is no run ${run} in this project.`)
    return join(runsFolder, run)
  }

  /** What is asked about a run, with the place of that run. Throws as `folderOf`. */
  async of<Request extends { readonly run: RunId }>(request: Request): Promise<Request & RunPlace> {
    const runFolder = await this.folderOf(request.run)
    return { ...request, runFolder, pixelsFolder: this.slot.expect().pixelsFolder }
  }
}
