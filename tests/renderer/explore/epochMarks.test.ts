import { describe, expect, it } from 'vitest'
import type { JournalEntry } from '../../../src-main/contract/journal.ts'
import type { EpochState } from '../../../src-main/contract/runState.ts'
import { epochMarks, ticksOf } from '../../../src-renderer/explore/epochMarks.ts'

const epoch = (number: number, known: Partial<EpochState> & { recall?: number } = {}) => ({
  epoch: number,
  meanLoss: 1,
  score: known.recall === undefined ? null : { recallAt1: known.recall, mapAtR: 0, queries: 9 },
  trainingSeconds: 1,
  learningRate: null,
  temperature: null,
  at: null,
  ...known,
})
const quiet = { checkpoint: null, suspects: [], halts: [] }
const edit = (at: string, kind: JournalEntry['kind'] = 'do'): JournalEntry => ({
  id: 1,
  kind,
  title: `Edit at ${at}`,
  at,
  isInForce: true,
})

describe('epochMarks', () => {
  it('marks the first epoch with the best score, the checkpoint and searches for suspects', () => {
    const marks = epochMarks(
      {
        epochs: [0.2, 0.6, undefined, 0.6].map((recall, i) =>
          epoch(i, recall === undefined ? {} : { recall }),
        ),
        checkpoint: 3,
        suspects: [{ epoch: 2, share: 0.014 }],
        halts: [],
      },
      [],
    )
    expect(marks.map(({ kind, epoch: at }) => [kind, at])).toEqual([
      ['best', 1],
      ['suspects', 2],
      ['checkpoint', 3],
    ])
    expect(marks[1]?.title).toContain('1.4 %')
    expect(epochMarks({ ...quiet, epochs: [epoch(0)] }, [])).toEqual([])
  })

  it('marks where the learning rate has come down to half, a tenth and a hundredth, each once', () => {
    const rates = [1e-4, 1e-3, 9e-4, 5e-4, 4e-4, 9e-5, 8e-5, 1e-6]
    const epochs = [epoch(0), ...rates.map((learningRate, i) => epoch(i + 1, { learningRate }))]
    const marks = epochMarks({ ...quiet, epochs }, [])
    expect(marks.map(({ epoch: at }) => at)).toEqual([4, 6, 8])
    expect(marks.map(({ title }) => /half|tenth|hundredth/.exec(title)?.[0])).toEqual([
      'half',
      'tenth',
      'hundredth',
    ])
  })

  it('marks a temperature that has changed by a quarter since the last mark', () => {
    const epochs = [0.1, 0.11, 0.12, 0.13, 0.1].map((temperature, i) =>
      epoch(i + 1, { temperature }),
    )
    const marks = epochMarks({ ...quiet, epochs }, [])
    expect(marks.map(({ epoch: at, title }) => [at, title])).toEqual([
      [4, 'temperature from 0.1 to 0.13'],
      [5, 'temperature from 0.13 to 0.1'],
    ])
  })

  it('marks edits at the epoch that was trained then, and says that the run does not see them', () => {
    const epochs = ['10:00', '10:05', '10:10'].map((at, i) => epoch(i, { at }))
    const edits = ['09:00', '10:06', '10:07', '10:08', '10:09', '10:30'].map((at) => edit(at))
    const marks = epochMarks({ ...quiet, epochs }, [...edits, edit('10:04', 'undo')])
    expect(marks.map(({ epoch: at }) => at)).toEqual([2])
    expect(marks[0]?.title).toContain('1 other edit')
    expect(marks[0]?.title).toContain('Edit at 10:09')
    expect(marks[0]?.title).toContain('no effect on this run')
  })
})

describe('ticksOf', () => {
  it('makes one tick an epoch, coloured by the weightiest, and says nothing twice', () => {
    const halts = [
      { epoch: 2, kind: 'paused' as const },
      { epoch: 2, kind: 'resumed' as const },
      { epoch: 2, kind: 'paused' as const },
    ]
    const epochs = [epoch(1, { recall: 0.1 }), epoch(2, { recall: 0.2 })]
    const ticks = ticksOf(epochMarks({ ...quiet, epochs, halts, checkpoint: 1 }, []))
    expect(ticks.map(({ epoch: at, kind }) => [at, kind])).toEqual([
      [1, 'checkpoint'],
      [2, 'halt'],
    ])
    expect(ticks[1]?.colour).toBe('var(--danger)')
    expect(ticks[1]?.title.split('\n')).toEqual([
      'Epoch 2: paused after it',
      'gone on from here',
      'best Recall@1, .200',
    ])
  })
})
