import { createPinia } from 'pinia'
import { beforeEach, expect, it } from 'vitest'
import type { WorkbenchApi } from '../../../src-main/contract/api.ts'
import { WorkbenchError } from '../../../src-main/contract/errors.ts'
import type { LibraryCommand, Verdict } from '../../../src-main/contract/journal.ts'
import type { Suspect, SuspectList, SuspectsRequest } from '../../../src-main/contract/suspects.ts'
import { useConnection } from '../../../src-renderer/stores/connection.ts'
import { useReview } from '../../../src-renderer/stores/review.ts'
import { useVerdicts } from '../../../src-renderer/stores/verdicts.ts'

const pairs = Array.from({ length: 8 }, (_, i): Suspect => ({
  first: i,
  second: i + 100,
  kind: 'suspect',
  score: 1 / (i + 1),
  cosine: 0.9,
  sharedNeighbours: 3,
  rank: 1,
  rankBack: 1,
  clusters: [0, i % 2],
  pushShare: 0.01,
}))

let stored: Verdict[] = []
let commands: LibraryCommand[] = []
let isRefused = false
let among: (Int32Array | undefined)[] = []
/** Answers of `verdicts` under way, each with what was stored when it was asked. */
let answers: (() => void)[] = []

const api = {
  suspects: ({ among: images }: SuspectsRequest) => {
    among.push(images)
    const isAsked = ({ first, second }: Suspect) =>
      images === undefined || (images.includes(first) && images.includes(second))
    const suspects = pairs.filter(isAsked)
    return Promise.resolve({ run: 'run-1', suspects, duplicates: [] } as unknown as SuspectList)
  },
  verdicts: () => {
    const known = [...stored]
    return new Promise<readonly Verdict[]>((resolve) => answers.push(() => resolve(known)))
  },
  changeLibrary: async (command: LibraryCommand) => {
    await pause()
    if (isRefused) throw new WorkbenchError('io', 'The disk is full.')
    if (command.kind !== 'verdict' || command.verdict === 'none') return
    commands.push(command)
    for (let i = 0; i < command.pairs.length; i += 2) {
      const [a = 0, b = 0] = command.pairs.subarray(i, i + 2)
      stored = [...stored.filter((one) => one.a !== a), { a, b, verdict: command.verdict }]
    }
  },
} as unknown as WorkbenchApi

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1))

/** As a slow connection would, in the order that `pick` chooses. */
async function deliver(pick: (waiting: (() => void)[]) => (() => void) | undefined) {
  for (let give = pick(answers); give; give = pick(answers)) {
    give()
    await pause()
  }
}

async function begin() {
  const pinia = createPinia()
  useConnection(pinia).attach(api)
  const review = useReview(pinia)
  const verdicts = useVerdicts(pinia)
  const loading = review.load('run-1')
  await deliver((waiting) => waiting.shift())
  await loading
  review.arrange('suspicion')
  return { review, verdicts }
}

beforeEach(() => {
  stored = []
  commands = []
  isRefused = false
  among = []
  answers = []
})

it('judges one pair after the other, however late the stored verdicts are read', async () => {
  const { review, verdicts } = await begin()
  for (const pair of pairs.slice(0, 6)) {
    expect(review.current).toBe(pair)
    void review.judge('same')
    // Read while the verdict is still on its way, as after a change of another window.
    void verdicts.load()
    await pause()
  }
  await pause()
  // The newest answer first: the older ones know less, and may take nothing back.
  await deliver((waiting) => waiting.pop())
  expect(stored.map(({ a }) => a).sort()).toEqual([0, 1, 2, 3, 4, 5])
  expect(review.current).toBe(pairs[6])
  expect(review.counts).toMatchObject({ open: 2, same: 6 })
})

it('gives a pair back that could not be judged', async () => {
  const { review } = await begin()
  isRefused = true
  const judging = review.judge('different')
  expect(review.current).toBe(pairs[1])
  await judging
  expect(review.current).toBe(pairs[0])
  expect(review.counts).toMatchObject({ open: 8, different: 0 })
})

it('believes what was read, once a verdict is stored: another window may have taken it back', async () => {
  const { review, verdicts } = await begin()
  const judging = review.judge('same')
  await pause()
  await pause()
  stored = []
  await deliver((waiting) => waiting.shift())
  await judging
  const reading = verdicts.load()
  await deliver((waiting) => waiting.shift())
  await reading
  expect(verdicts.of(pairs[0]!)).toBe('none')
})

it('keeps a pair for later at the end of the queue', async () => {
  const { review, verdicts } = await begin()
  const judging = review.judge('later')
  expect(review.current).toBe(pairs[1])
  expect(review.shown.at(-1)).toBe(pairs[0])
  expect(review.counts).toMatchObject({ open: 8, same: 0 })
  await pause()
  await deliver((waiting) => waiting.shift())
  await judging
  expect(verdicts.of({ first: 100, second: 0 })).toBe('later')
  expect(review.shown).toHaveLength(8)
})

it('takes a verdict back, and shows what contradicts itself', async () => {
  const { verdicts } = await begin()
  stored = [
    { a: 0, b: 100, verdict: 'same' },
    { a: 1, b: 100, verdict: 'same' },
    { a: 0, b: 1, verdict: 'different' },
  ]
  const reading = verdicts.load()
  await deliver((waiting) => waiting.shift())
  await reading
  expect(verdicts.contradictions).toMatchObject([{ kind: 'chain', verdict: { a: 0, b: 1 } }])
  expect(verdicts.preview({ first: 100, second: 7 }, 'same')).toMatchObject({
    images: [0, 1, 7, 100],
    following: 2,
  })
  void verdicts.judge([{ first: 1, second: 0 }], 'none')
  expect(verdicts.contradictions).toEqual([])
  expect(verdicts.of({ first: 0, second: 1 })).toBe('none')
})

it('offers a verdict to similar pairs, and gives it to those that are chosen in one step', async () => {
  const { review } = await begin()
  void review.judge('same')
  // Of the same clusters: those with an even place.
  expect(review.offer).toMatchObject({ verdict: 'same', contradicting: 0 })
  expect(review.offer!.pairs).toEqual([pairs[2], pairs[4], pairs[6]])
  const applying = review.applyOffer([pairs[2]!, pairs[6]!])
  expect(review.offer).toBeNull()
  expect(review.counts).toMatchObject({ same: 3 })
  await pause()
  await deliver((waiting) => waiting.shift())
  await applying
  expect(commands.map((command) => command.kind === 'verdict' && [...command.pairs])).toEqual([
    [0, 100],
    [2, 102, 6, 106],
  ])
  void review.judge('later')
  expect(review.offer).toBeNull()
})

it('orders the queue by gain: clusters take turns, and answers do not shuffle it', async () => {
  const { review } = await begin()
  review.arrange('gain')
  const order = review.shown.map(({ first }) => first)
  expect(order.slice(0, 4).map((first) => first % 2)).toEqual([0, 1, 0, 1])
  expect(review.gains.get(pairs[0]!)).toBeCloseTo(0.04, 6)
  void review.judge('same')
  expect(review.shown.map(({ first }) => first)).toEqual(order.slice(1))
})

it('asks only about the images that were sent to it, until it is asked about all again', async () => {
  const { review } = await begin()
  expect(review.shown).toHaveLength(8)
  const scope = { title: 'Cluster owl', images: Int32Array.of(2, 102, 3, 103) }
  review.narrow(scope)
  expect(review.current).toBeNull()
  await review.catchUp('run-1')
  expect(among).toEqual([undefined, scope.images])
  expect(review.shown.map(({ first }) => first)).toEqual([2, 3])
  expect(review.list?.suspects).toHaveLength(8)
  await review.catchUp('run-1')
  expect(among).toHaveLength(2)
  review.narrow(null)
  expect(review.shown).toHaveLength(8)
})
