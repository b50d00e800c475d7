import { useEventListener } from '@vueuse/core'
import { labelOfDigit } from '../library/labelEntries.ts'
import { isTaken } from '../shell/shortcuts.ts'
import { useLabelling } from '../stores/labelling.ts'
import { useProject } from '../stores/project.ts'
import { useSelection } from '../stores/selection.ts'

/** Keys of the sphere's screen; those of the ball itself come first where it has the focus. */
export function useSphereKeys(verbs: {
  readonly step: (direction: 1 | -1) => void
  /** To the next event on the way of the run. */
  readonly jump: (direction: 1 | -1) => void
  readonly focus: () => void
  readonly reset: () => void
  readonly toggleThumbs: () => void
  readonly toggleFlat: () => void
  readonly toggleTrails: () => void
  readonly toggleForces: () => void
  readonly showLabels: () => void
  readonly compare: () => void
  readonly toggleSuspects: () => void
  /** What is doubtful in the selection, in Review. */
  readonly review: () => void
  /** The file of the only selected image. */
  readonly reveal: () => void
  readonly pick: () => void
  readonly selectNearest: () => void
  readonly selectCluster: () => void
}): void {
  const project = useProject()
  const selection = useSelection()
  const labelling = useLabelling()

  function exclude(images: Int32Array): void {
    const marks = project.table.excluded
    const areAll = images.every((id) => marks[project.rowOf.get(id) ?? -1] === 1)
    void labelling.run({ kind: 'exclude', images, isExcluded: !areAll })
  }

  /** Of what is selected; says whether the key is one of them. */
  function act(key: string): boolean {
    const images = Int32Array.from(selection.ids)
    if (images.length === 0) return false
    if (/^[1-9]$/.test(key)) {
      const label = labelOfDigit(project.table.labelRows, project.labelCounts, Number(key))
      if (label !== null) void labelling.label(images, label)
      return label !== null
    }
    switch (key) {
      case '/':
        verbs.pick()
        return true
      case 'x':
        exclude(images)
        return true
      case 'r':
        verbs.review()
        return true
      case 'o':
        verbs.reveal()
        return true
      case 'k':
        verbs.selectNearest()
        return true
      case 'c':
        verbs.selectCluster()
        return true
      default:
        return false
    }
  }

  function look({ key, shiftKey }: KeyboardEvent, isElsewhere: boolean): boolean {
    switch (key) {
      case 't':
        verbs.toggleThumbs()
        return true
      case 'h':
        verbs.toggleFlat()
        return true
      case 'a':
        verbs.toggleForces()
        return true
      case 'm':
        verbs.showLabels()
        return true
      case 'p':
        verbs.toggleTrails()
        return true
      case 'b':
        verbs.compare()
        return true
      case 's':
        verbs.toggleSuspects()
        return true
    }
    // Sliders, lists and the ball have a meaning of their own for these.
    if (isElsewhere) return false
    switch (key) {
      case 'ArrowLeft':
        ;(shiftKey ? verbs.jump : verbs.step)(-1)
        return true
      case 'ArrowRight':
        ;(shiftKey ? verbs.jump : verbs.step)(1)
        return true
      case 'f':
        verbs.focus()
        return true
      case '0':
      case 'Home':
        verbs.reset()
        return true
      default:
        return false
    }
  }

  useEventListener(document, 'keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
    if (isTaken(event.target)) return
    const isElsewhere =
      event.target instanceof Element && event.target.closest('[role], canvas') !== null
    if (look(event, isElsewhere) || act(event.key)) event.preventDefault()
  })
}
