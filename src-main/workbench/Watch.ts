import type { FolderChanges } from '../contract/project.ts'
import type { KnownFiles, Source } from '../data/projectStore.ts'
import { watchFolder } from '../data/watchFolder.ts'

/** What a watch asks of a project. */
export interface WatchTarget {
  readonly sources: () => readonly Source[]
  readonly knownFiles: (source: Source) => KnownFiles
}

/** Watches all folders of a project and says what differs from it, in sum. It changes nothing. */
export class Watch {
  private readonly found = new Map<string, FolderChanges>()
  private readonly stops: readonly (() => void)[]

  constructor(target: WatchTarget, announce: (changes: FolderChanges) => void) {
    this.stops = target.sources().map((source) =>
      watchFolder({
        source,
        known: () => target.knownFiles(source),
        onChange: (changes) => {
          this.found.set(source.folder, changes)
          announce(this.changes)
        },
      }),
    )
  }

  get changes(): FolderChanges {
    const sum = { added: 0, changed: 0, moved: 0, gone: 0 }
    for (const { added, changed, moved, gone } of this.found.values()) {
      sum.added += added
      sum.changed += changed
      sum.moved += moved
      sum.gone += gone
    }
    return sum
  }

  /** Callable twice. */
  dispose(): void {
    for (const stop of this.stops) stop()
  }
}
