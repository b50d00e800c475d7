import { describe, expect, it } from 'vitest'
import type { CancelledPairs } from '../../../src-main/losses/suspects.ts'
import { createSuspectStage, shareAt } from '../../../src-main/training/suspectStage.ts'
import type { CancelRequest, SuspectSettings } from '../../../src-main/training/suspectStage.ts'

const settings: SuspectSettings = {
  epochs: 45,
  seed: 1,
  suspects: 'eliminate',
  suspectShare: 0.08,
  suspectBaseRate: 0.1,
  suspectStart: 5,
  suspectEvery: 2,
  suspectGroup: 'medium',
}
const embedded = { rows: new Float32Array(8), dim: 2, features: new Float32Array(8) }

describe('shareAt', () => {
  it('is due from the start on, every so many epochs, and not after the last one', () => {
    const due = Array.from({ length: 46 }, (_, epoch) => epoch).filter(
      (epoch) => shareAt(settings, epoch) !== null,
    )
    expect(due).toEqual(Array.from({ length: 20 }, (_, i) => 5 + 2 * i))
    expect(shareAt({ ...settings, suspects: 'off' }, 7)).toBeNull()
  })

  it('grows from a quarter to the whole in half of the epochs, and then stays', () => {
    expect(shareAt(settings, 5)).toBeCloseTo(0.02, 10)
    expect(shareAt(settings, 15)).toBeCloseTo(0.05, 10)
    expect(shareAt(settings, 25)).toBeCloseTo(0.08, 10)
    expect(shareAt(settings, 43)).toBeCloseTo(0.08, 10)
  })

  it('never exceeds the guessed base rate', () => {
    expect(shareAt({ ...settings, suspectBaseRate: 0.03 }, 43)).toBe(0.03)
  })
})

describe('createSuspectStage', () => {
  const listed: CancelledPairs = {
    kind: 'listed',
    images: Int32Array.of(0, 2, 3),
    bits: Int32Array.of(0b001),
  }
  const factors: CancelledPairs = {
    kind: 'factors',
    images: Int32Array.of(0, 2, 3),
    factors: Float32Array.of(1, 0, 0.9, 0.1, 0, 1),
    dim: 2,
    threshold: Math.fround(0.3),
  }
  const make = (pairs: CancelledPairs, more: Partial<SuspectSettings> = {}) => {
    const asked: CancelRequest[] = []
    const stage = createSuspectStage({
      settings: { ...settings, ...more },
      regime: 'contrastive',
      images: Int32Array.of(0, 2, 3),
      find: (request) => {
        asked.push(request)
        return Promise.resolve({ pairs, share: 0.0123 })
      },
    })
    return { stage, asked }
  }

  it('cancels nothing before it is time, and then what was found', async () => {
    const { stage, asked } = make(listed)
    expect(await stage.epochEnded(4, embedded)).toBeNull()
    expect(stage.isCancelled).toBeNull()
    expect(await stage.epochEnded(5, embedded)).toEqual({
      kind: 'suspects',
      epoch: 5,
      policy: 'eliminate',
      share: 0.0123,
    })
    expect(asked).toHaveLength(1)
    expect(asked[0]).toMatchObject({ epoch: 5, groupSize: 'medium', regime: 'contrastive' })
    expect([...asked[0]!.images]).toEqual([0, 2, 3])
    expect([stage.isCancelled!(0, 2), stage.isCancelled!(2, 3)]).toEqual([true, false])
  })

  it('only looks when it is to show', async () => {
    const { stage, asked } = make(listed, { suspects: 'show' })
    await stage.epochEnded(5, embedded)
    expect(asked).toHaveLength(1)
    expect(stage.isCancelled).toBeNull()
    expect(stage.arrays()).toEqual({})
  })

  it('cancels at random without looking, and others the next time', async () => {
    const { stage, asked } = make(listed, {
      suspects: 'random',
      suspectShare: 0.5,
      suspectBaseRate: 0.5,
    })
    await stage.epochEnded(25, embedded)
    const first = stage.isCancelled!
    await stage.epochEnded(27, embedded)
    const second = stage.isCancelled!
    expect(asked).toHaveLength(0)
    const of = (is: typeof first) => Array.from({ length: 200 }, (_, i) => is(i, i + 1))
    expect(of(first).filter(Boolean).length).toBeGreaterThan(60)
    expect(of(first)).not.toEqual(of(second))
  })

  it.each([
    ['listed', listed, 'eliminate'],
    ['factors', factors, 'eliminate'],
    ['random', listed, 'random'],
  ] as const)(
    'goes on from a checkpoint with the very same pairs: %s',
    async (_, pairs, suspects) => {
      const { stage } = make(pairs, { suspects })
      await stage.epochEnded(7, embedded)
      const again = createSuspectStage(
        {
          settings: { ...settings, suspects },
          regime: 'contrastive',
          images: Int32Array.of(0, 2, 3),
          find: () => Promise.reject(new Error('asked again')),
        },
        stage.arrays(),
      )
      for (let i = 0; i < 60; i++)
        for (let j = 0; j < 4; j++) expect(again.isCancelled!(i, j)).toBe(stage.isCancelled!(i, j))
      expect(again.arrays()).toEqual(stage.arrays())
    },
  )
})
