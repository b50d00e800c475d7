import { createPinia } from 'pinia'
import { nextTick } from 'vue'
import { expect, it } from 'vitest'
import type { WorkbenchApi } from '../../../src-main/contract/api.ts'
import type { Verdict } from '../../../src-main/contract/journal.ts'
import type { Suspect, SuspectList } from '../../../src-main/contract/suspects.ts'
import { suspectArcs } from '../../../src-renderer/explore/suspectArcs.ts'
import { useConnection } from '../../../src-renderer/stores/connection.ts'
import { useReview } from '../../../src-renderer/stores/review.ts'
import { useRuns } from '../../../src-renderer/stores/runs.ts'
import { useShownSuspects } from '../../../src-renderer/stores/shownSuspects.ts'

const pairs = Array.from({ length: 60 }, (_, i): Suspect => ({
  first: i,
  second: i + 100,
  kind: 'suspect',
  score: 1 / (i + 1),
  cosine: 0.9,
  sharedNeighbours: 3,
  rank: 1,
  rankBack: 1,
  clusters: [i, i],
  pushShare: 0.01,
}))

async function begin(verdicts: readonly Verdict[] = []) {
  const asked: string[] = []
  const pinia = createPinia()
  const api = {
    suspects: ({ run }: { run: string }) => {
      asked.push(run)
      return Promise.resolve({ run, suspects: pairs, duplicates: [] } as unknown as SuspectList)
    },
    verdicts: () => Promise.resolve(verdicts),
  } as unknown as WorkbenchApi
  useConnection(pinia).attach(api)
  useRuns(pinia).shownId = 'run-1'
  const suspects = useShownSuspects(pinia)
  suspects.toggle()
  await nextTick()
  await new Promise((resolve) => setTimeout(resolve, 1))
  return { suspects, asked, review: useReview(pinia), runs: useRuns(pinia) }
}

it('asks for the suspects of the run when they are first shown, and shows the first forty', async () => {
  const { suspects, asked } = await begin()
  expect(suspects.shown).toEqual(pairs.slice(0, 40))
  suspects.count = 3
  expect(suspects.shown).toEqual(pairs.slice(0, 3))
  suspects.toggle()
  expect(suspects.shown).toEqual([])
  suspects.toggle()
  await nextTick()
  expect(asked).toEqual(['run-1'])
})

it('shows no pairs of another run', async () => {
  const { suspects, runs, asked } = await begin()
  runs.shownId = 'run-2'
  expect(suspects.shown).toEqual([])
  await nextTick()
  await new Promise((resolve) => setTimeout(resolve, 1))
  expect(asked).toEqual(['run-1', 'run-2'])
  expect(suspects.shown).toHaveLength(40)
})

it('leaves out what is judged, and still knows such a pair when both are selected', async () => {
  const { suspects, review } = await begin([
    { a: 0, b: 100, verdict: 'same' },
    { a: 1, b: 101, verdict: 'later' },
  ])
  expect(suspects.open[0]).toEqual(pairs[1])
  expect(suspects.pairOf(0, 100)).toEqual(pairs[0])
  expect(suspects.pairOf(101, 1)).toEqual(pairs[1])
  expect(suspects.pairOf(0, 101)).toBeNull()
  suspects.openInReview(pairs[0]!)
  expect(review.current).toEqual(pairs[0])
  suspects.openInReview(pairs[7]!)
  expect(review.current).toEqual(pairs[7])
})

it('draws arcs from the plainest to the faintest', () => {
  const arcs = suspectArcs(pairs.slice(0, 3))
  expect(arcs.map(({ strength }) => strength)).toEqual([1, expect.closeTo(0.7), 0.4])
  expect(arcs[1]).toMatchObject({ from: 1, to: 101, kind: 'suspect' })
  expect(suspectArcs(pairs.slice(0, 1))[0]?.strength).toBe(1)
})
