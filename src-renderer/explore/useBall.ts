import type { ImageId } from '../../src-main/contract/images.ts'
import type { SweepMode } from '../sphere/sweeping.ts'
import { useColours } from '../stores/colours.ts'
import { useProject } from '../stores/project.ts'
import { useSelection } from '../stores/selection.ts'
import { thumbUrl } from '../workbench/media.ts'

/** An image as the card beside the pointer shows it. */
interface CardImage {
  readonly id: ImageId
  readonly path: string
  readonly label: string | null
  readonly hash: string
  readonly colour: string
}

/** What every ball knows of its images, and does with those that are pointed at. */
export function useBall() {
  const colours = useColours()
  const project = useProject()
  const selection = useSelection()

  function thumbOf(id: ImageId): string | null {
    const image = project.imageOf(id)
    return image === null ? null : thumbUrl(image.hash)
  }

  function cardImageOf(id: ImageId): CardImage | null {
    const image = project.imageOf(id)
    if (image === null) return null
    const { path, hash, labelName, label } = image
    return { id, path, hash, label: labelName, colour: colours.colourOf(label) }
  }

  function pick(id: ImageId | null, mode: 'replace' | 'toggle'): void {
    if (id === null) {
      if (mode === 'replace') selection.clear()
    } else if (mode === 'toggle') selection.toggle(id)
    else selection.replace([id])
  }

  function sweep(swept: readonly ImageId[], mode: SweepMode): void {
    switch (mode) {
      case 'replace':
        return selection.replace(swept)
      case 'add':
        return selection.add(swept)
      case 'remove':
        return selection.remove(swept)
    }
  }

  return { thumbOf, cardImageOf, pick, sweep }
}
