import type { RunState } from '../../src-main/contract/runState.ts'

/** Something that happened at an epoch. */
export interface EpochMark {
  readonly epoch: number
  readonly kind: 'best' | 'checkpoint' | 'suspects'
  readonly title: string
}

/** What is worth a look on the way of a run: its best score, its checkpoint, searches for suspects. */
export function epochMarks(
  run: Pick<RunState, 'epochs' | 'checkpoint' | 'suspects'>,
): readonly EpochMark[] {
  const marks: EpochMark[] = []
  let best: { readonly epoch: number; readonly recall: number } | null = null
  for (const { epoch, score } of run.epochs)
    if (score !== null && (best === null || score.recallAt1 > best.recall))
      best = { epoch, recall: score.recallAt1 }
  if (best !== null)
    marks.push({
      epoch: best.epoch,
      kind: 'best',
      title: `best Recall@1, ${best.recall.toFixed(3)}, at epoch ${best.epoch}`,
    })
  if (run.checkpoint !== null)
    marks.push({
      epoch: run.checkpoint,
      kind: 'checkpoint',
      title: `checkpoint of epoch ${run.checkpoint}`,
    })
  for (const { epoch, share } of run.suspects)
    marks.push({
      epoch,
      kind: 'suspects',
      title: `suspects searched at epoch ${epoch}: ${(100 * share).toFixed(1)} % of negatives`,
    })
  return marks
}
