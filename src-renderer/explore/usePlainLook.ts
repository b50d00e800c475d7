import type { SphereFrame } from '../../src-main/contract/sphere.ts'
import { useColours } from '../stores/colours.ts'
import type { BallLook } from './useBallLook.ts'
import { useLabelKeys } from './useLabelKeys.ts'

/** Points in the colours of their labels, and nothing else, for balls that no legend stands beside. */
export function usePlainLook(): (frame: SphereFrame | null) => BallLook {
  const colours = useColours()
  const labelKeys = useLabelKeys()
  const none = new Int32Array(0)

  return (frame) => {
    const ids = frame?.ids ?? none
    return {
      frame,
      paint: {
        colours: colours.pointColours(ids),
        alphas: colours.pointAlphas(ids),
        ...labelKeys,
      },
      arcs: [],
      caps: [],
      tails: [],
      shapes: null,
      sizes: null,
    }
  }
}
