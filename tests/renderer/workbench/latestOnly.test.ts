import { expect, it } from 'vitest'
import { latestOnly } from '../../../src-renderer/workbench/latestOnly.ts'

interface Asked {
  readonly question: number
  readonly answer: (value: string | null) => Promise<void>
}

/** A workbench that answers when it is told to. */
function slowly(): {
  readonly asked: Asked[]
  readonly taken: (string | null)[]
  readonly latest: ReturnType<typeof latestOnly<number, string>>
} {
  const asked: Asked[] = []
  const taken: (string | null)[] = []
  const latest = latestOnly<number, string>(
    (question) =>
      new Promise((resolve) =>
        asked.push({
          question,
          answer: async (value) => {
            resolve(value)
            await new Promise((later) => setTimeout(later))
          },
        }),
      ),
    (answer) => taken.push(answer),
  )
  return { asked, taken, latest }
}

it('asks one thing at a time, and then only the newest', async () => {
  const { asked, taken, latest } = slowly()
  for (const question of [1, 2, 3, 4]) latest.put(question)
  expect(asked.map(({ question }) => question)).toEqual([1])
  await asked[0]?.answer('one')
  expect(asked.map(({ question }) => question)).toEqual([1, 4])
  await asked[1]?.answer('four')
  expect(taken).toEqual(['one', 'four'])
  latest.put(5)
  expect(asked).toHaveLength(3)
})

it('goes on after a failure', async () => {
  const { asked, taken, latest } = slowly()
  latest.put(1)
  latest.put(2)
  await asked[0]?.answer(null)
  await asked[1]?.answer('two')
  expect(taken).toEqual([null, 'two'])
})

it('forgets what was on its way when it is told to', async () => {
  const { asked, taken, latest } = slowly()
  latest.put(1)
  latest.put(2)
  latest.drop()
  await asked[0]?.answer('one')
  expect(asked).toHaveLength(1)
  expect(taken).toEqual([])
  latest.put(3)
  await asked[1]?.answer('three')
  expect(taken).toEqual(['three'])
})
