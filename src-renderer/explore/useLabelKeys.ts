import { useColours } from '../stores/colours.ts'
import { useProject } from '../stores/project.ts'
import type { SpherePaint } from './painting.ts'

/** The groups that names around a ball are of, wherever they are labels; hidden ones have none. */
export function useLabelKeys(): Pick<SpherePaint, 'keyOf' | 'nameOf' | 'colourOf'> {
  const colours = useColours()
  const project = useProject()
  return {
    keyOf: (id) => {
      const label = colours.labelOf(id)
      return colours.isShown(label) ? label : -1
    },
    nameOf: (label) => project.labelNames[label] ?? '',
    colourOf: colours.colourOf,
  }
}
