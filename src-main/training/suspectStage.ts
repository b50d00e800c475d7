import type { Regime } from '../contract/catalogue.ts'
import type { RunEventBody, RunSettings } from '../contract/runs.ts'
import type { GroupSize, SuspectPolicy } from '../contract/suspectPolicy.ts'
import { lookUp } from '../losses/suspects.ts'
import type { CancelledPairs, IsCancelled } from '../losses/suspects.ts'
import type { NamedArrays } from './checkpoint.ts'

/** What the policy on suspected pairs goes by; part of the settings of a run. */
export type SuspectSettings = Pick<
  RunSettings,
  | 'epochs'
  | 'seed'
  | 'suspects'
  | 'suspectShare'
  | 'suspectBaseRate'
  | 'suspectStart'
  | 'suspectEvery'
  | 'suspectGroup'
>

/** Asks for the most suspected pairs of an epoch's embedding. */
export interface CancelRequest {
  readonly epoch: number
  /** Unit rows of all images, `[all, dim]`, and what the backbone makes of them, `[all, featureDim]`. */
  readonly rows: Float32Array
  readonly dim: number
  readonly features: Float32Array
  /** Images that training sees, ascending. */
  readonly images: Int32Array
  readonly regime: Regime
  readonly groupSize: GroupSize
  /** Of the negative pairs, in [0, 1). */
  readonly share: number
}

/** Pairs, and the share that they really are. */
export interface CancelAnswer {
  readonly pairs: CancelledPairs
  readonly share: number
}

/** Which pairs of images leave the denominator, from one epoch to the next. */
export interface SuspectStage {
  /** Null while nothing is cancelled. */
  readonly isCancelled: IsCancelled | null
  /** Whether a run that goes on after this epoch lacks the suspects of its policy, as a fork may. */
  isMissing(epoch: number): boolean
  /**
   * Looks for suspects anew where it is time to.
   *
   * @returns what there is to say of it; null where nothing changed
   */
  epochEnded(
    epoch: number,
    embedded: Pick<CancelRequest, 'rows' | 'dim' | 'features'>,
  ): Promise<RunEventBody | null>
  /** For the checkpoint; empty while nothing is cancelled. */
  arrays(): NamedArrays
}

/**
 * Cancels nothing before the embedding knows something, then a share that grows: what is cancelled early is
 * surer, and more is sure later.
 *
 * @param find see {@link CancelRequest}
 * @param saved of an earlier stage, to go on from
 */
export function createSuspectStage(
  options: {
    readonly settings: SuspectSettings
    readonly regime: Regime
    readonly images: Int32Array
    readonly find: (request: CancelRequest) => Promise<CancelAnswer>
  },
  saved: NamedArrays = {},
): SuspectStage {
  const { settings, regime, images, find } = options
  const { suspects: policy, suspectGroup: groupSize, seed } = settings
  let pairs = pairsFrom(saved)
  let isCancelled = pairs && doesCancel(policy) ? lookUp(pairs) : null

  return {
    get isCancelled() {
      return isCancelled
    },
    isMissing: (epoch) => doesCancel(policy) && pairs === null && shareAt(settings, epoch) !== null,
    async epochEnded(epoch, embedded) {
      const share = shareAt(settings, epoch)
      if (share === null) return null
      const found =
        policy === 'random'
          ? {
              pairs: { kind: 'random', share: Math.fround(share), salt: seed + epoch } as const,
              share,
            }
          : await find({ ...embedded, epoch, images, regime, groupSize, share })
      if (doesCancel(policy)) {
        pairs = found.pairs
        isCancelled = lookUp(pairs)
      }
      return { kind: 'suspects', epoch, policy, share: found.share }
    },
    arrays: () => (pairs ? arraysOf(pairs) : {}),
  }
}

function doesCancel(policy: SuspectPolicy): boolean {
  return policy !== 'off' && policy !== 'show'
}

/** Part of the share that is cancelled at first, and of the epochs in which it grows to the whole. */
const firstPart = 0.25
const growth = 0.5

/** Share of the negative pairs that is due after an epoch; null where nothing is. */
export function shareAt(settings: SuspectSettings, epoch: number): number | null {
  const { suspects, suspectShare, suspectBaseRate, suspectStart, suspectEvery, epochs } = settings
  const since = epoch - suspectStart
  if (suspects === 'off' || since < 0 || since % suspectEvery !== 0 || epoch >= epochs) return null
  const progress = Math.min(since / Math.max(growth * (epochs - suspectStart), 1), 1)
  return Math.min(suspectShare * (firstPart + (1 - firstPart) * progress), suspectBaseRate)
}

function arraysOf(pairs: CancelledPairs): NamedArrays {
  switch (pairs.kind) {
    case 'listed':
      return { images: pairs.images, bits: pairs.bits }
    case 'factors':
      return {
        images: pairs.images,
        factors: pairs.factors,
        threshold: Float32Array.of(pairs.threshold),
      }
    case 'random':
      return { share: Float32Array.of(pairs.share), salt: Int32Array.of(pairs.salt) }
    default:
      return pairs satisfies never
  }
}

function pairsFrom(saved: NamedArrays): CancelledPairs | null {
  const { images, bits, factors, threshold, share, salt } = saved
  if (images instanceof Int32Array && bits instanceof Int32Array)
    return { kind: 'listed', images, bits }
  if (images instanceof Int32Array && factors instanceof Float32Array && threshold)
    return {
      kind: 'factors',
      images,
      factors,
      dim: factors.length / Math.max(images.length, 1),
      threshold: threshold[0] ?? Infinity,
    }
  if (share && salt) return { kind: 'random', share: share[0] ?? 0, salt: salt[0] ?? 0 }
  return null
}
