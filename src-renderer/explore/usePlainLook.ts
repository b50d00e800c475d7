import type { SphereFrame } from '../../src-main/contract/sphere.ts'
import { useColours } from '../stores/colours.ts'
import { useProject } from '../stores/project.ts'
import type { BallLook } from './useBallLook.ts'

/** Points in the colours of their labels, and nothing else, for balls that no legend stands beside. */
export function usePlainLook(): (frame: SphereFrame | null) => BallLook {
  const colours = useColours()
  const project = useProject()
  const none = new Int32Array(0)

  return (frame) => {
    const ids = frame?.ids ?? none
    return {
      frame,
      paint: {
        colours: colours.pointColours(ids),
        alphas: colours.pointAlphas(ids),
        keyOf: (id) => (colours.isShown(colours.labelOf(id)) ? colours.labelOf(id) : -1),
        nameOf: (label) => project.labelNames[label] ?? '',
        colourOf: colours.colourOf,
      },
      arcs: [],
      caps: [],
      tails: [],
      shapes: null,
      sizes: null,
    }
  }
}
