import { describe, expect, it } from 'vitest'
import { ignored, negative, positive } from '../../../src-main/losses/relation.ts'
import { judgedPairs } from '../../../src-main/training/judgedPairs.ts'
import { resolveRunConfig } from '../../../src-main/training/resolve.ts'

const contents = Int32Array.of(0, 1, 1, 3)
const pairs = [
  { first: 2, second: 0, verdict: 'same' },
  { first: 0, second: 3, verdict: 'different' },
  { first: 1, second: 2, verdict: 'different' },
] as const

function judged(regime: 'contrastive' | 'metric', suspects: string) {
  const loss = { name: 'nt-xent', params: {} }
  return judgedPairs(
    resolveRunConfig({ regime, engine: 'auto', loss, settings: { suspects } }, 'native'),
    pairs,
    contents,
  )
}

describe('judgedPairs', () => {
  it('speaks of images where a run knows files with the same bytes as one', () => {
    const verdicts = judged('contrastive', 'attract')
    expect(verdicts.of(0, 1)).toBe(positive)
    expect(verdicts.of(0, 2)).toBeNull()
    expect(verdicts.of(0, 3)).toBe(negative)
    // An image cannot be different from itself.
    expect(verdicts.of(1, 1)).toBeNull()
  })

  it('speaks of files where labels decide', () => {
    const verdicts = judged('metric', 'off')
    expect([verdicts.of(2, 0), verdicts.of(1, 0), verdicts.of(1, 2)]).toEqual([
      positive,
      negative,
      negative,
    ])
  })

  it.each(['eliminate', 'random'])('eliminates what was confirmed under %s', (suspects) => {
    const verdicts = judged('contrastive', suspects)
    expect([verdicts.of(0, 1), verdicts.of(0, 3)]).toEqual([ignored, negative])
  })

  it('draws the conclusions: who is joined is the same, and different together', () => {
    const config = resolveRunConfig(
      { regime: 'metric', engine: 'auto', loss: { name: 'supcon', params: {} }, settings: {} },
      'native',
    )
    const chain = [
      { first: 0, second: 1, verdict: 'same' },
      { first: 1, second: 2, verdict: 'same' },
      { first: 2, second: 5, verdict: 'different' },
      { first: 0, second: 5, verdict: 'ignore' },
    ] as const
    const verdicts = judgedPairs(config, chain, new Int32Array())
    expect([verdicts.of(0, 2), verdicts.of(2, 0), verdicts.of(5, 1)]).toEqual([
      positive,
      positive,
      negative,
    ])
    expect([verdicts.of(0, 5), verdicts.of(0, 4), verdicts.of(0, 0)]).toEqual([ignored, null, null])
  })
})
