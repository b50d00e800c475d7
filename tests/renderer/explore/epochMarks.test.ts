import { expect, it } from 'vitest'
import { epochMarks } from '../../../src-renderer/explore/epochMarks.ts'

const epoch = (number: number, recallAt1: number | null) => ({
  epoch: number,
  meanLoss: 1,
  score: recallAt1 === null ? null : { recallAt1, mapAtR: 0, queries: 9 },
  trainingSeconds: 1,
})

it('marks the first epoch with the best score, the checkpoint and searches for suspects', () => {
  const marks = epochMarks({
    epochs: [epoch(0, 0.2), epoch(1, 0.6), epoch(2, null), epoch(3, 0.6)],
    checkpoint: 3,
    suspects: [{ epoch: 2, share: 0.014 }],
  })
  expect(marks.map(({ kind, epoch: at }) => [kind, at])).toEqual([
    ['best', 1],
    ['checkpoint', 3],
    ['suspects', 2],
  ])
  expect(marks[2]?.title).toContain('1.4 %')
  expect(epochMarks({ epochs: [epoch(0, null)], checkpoint: null, suspects: [] })).toEqual([])
})
