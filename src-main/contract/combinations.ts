/** What a run is made of, as far as one part rules another out. */
export interface Combination {
  readonly regime: string
  readonly loss: string
  readonly sampler: string
  /** `none` for none. */
  readonly miner: string
  /** `none`, or how a memory keeps its rows. */
  readonly memory: string
  readonly temperatureSchedule: string
}

export const combinationParts = [
  'regime',
  'loss',
  'sampler',
  'miner',
  'memory',
  'temperatureSchedule',
] as const satisfies readonly (keyof Combination)[]
export type CombinationPart = (typeof combinationParts)[number]

/** Refuses the combinations in which every part that it names has one of its values. */
export interface CombinationRule {
  readonly when: Partial<Readonly<Record<CombinationPart, readonly string[]>>>
  /** A sentence that says why, and what to take instead. */
  readonly reason: string
}

/**
 * Why a combination cannot be run; null if it can.
 *
 * @param about only rules that name this part: what a form says of one choice, whatever else is wrong
 */
export function reasonAgainst(
  rules: readonly CombinationRule[],
  combination: Combination,
  about?: CombinationPart,
): string | null {
  const broken = rules.find(
    ({ when }) =>
      (about === undefined || when[about] !== undefined) &&
      combinationParts.every((part) => when[part]?.includes(combination[part]) ?? true),
  )
  return broken?.reason ?? null
}
