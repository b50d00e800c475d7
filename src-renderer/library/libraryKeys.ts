import { useEventListener } from '@vueuse/core'
import { isTaken } from '../shell/shortcuts.ts'
import { useLabelling } from '../stores/labelling.ts'
import { useProject } from '../stores/project.ts'
import { useSelection } from '../stores/selection.ts'
import { labelOfDigit } from './labelEntries.ts'

/** Keys of the library: labels by digit, and the verbs of the selection. */
export function useLibraryKeys(verbs: {
  /** Asks for a label by its name. */
  readonly pick: () => void
  readonly create: () => void
  readonly search: () => void
}): void {
  const project = useProject()
  const selection = useSelection()
  const labelling = useLabelling()

  const isAll = (marks: Uint8Array): boolean =>
    [...selection.ids].every((id) => marks[project.rowOf.get(id) ?? -1] === 1)

  useEventListener(document, 'keydown', (event) => {
    const isCommand = event.ctrlKey || event.metaKey
    if (event.defaultPrevented || event.altKey || isTaken(event.target)) return
    if (isCommand) {
      if (event.key.toLowerCase() !== 'f') return
      event.preventDefault()
      verbs.search()
      return
    }
    const images = Int32Array.from(selection.ids)
    if (event.key === 'n') verbs.create()
    else if (images.length === 0) return
    else if (event.key === '/') verbs.pick()
    else if (event.key === '0') void labelling.label(images, null)
    else if (event.key === 'x')
      void labelling.run({
        kind: 'exclude',
        images,
        isExcluded: !isAll(project.table.excluded),
      })
    else if (event.key === 'Delete')
      void labelling.run({ kind: 'trash', images, isTrashed: !isAll(project.table.trashed) })
    else if (/^[1-9]$/.test(event.key)) {
      const digit = Number(event.key)
      const label = labelOfDigit(project.table.labelRows, project.labelCounts, digit)
      if (label === null) return
      void labelling.label(images, label)
    } else return
    event.preventDefault()
  })
}
