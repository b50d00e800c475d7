/**
 * Asks one thing at a time, for a slider that moves faster than answers come: while one is asked, only
 * the newest of those that wait is kept.
 *
 * @param take hears of every answer, unless it was to be dropped meanwhile; null for a failure
 */
export function latestOnly<Question, Answer>(
  ask: (question: Question) => Promise<Answer | null>,
  take: (answer: Answer | null, question: Question) => void,
): { readonly put: (question: Question) => void; readonly drop: () => void } {
  let waiting: { readonly question: Question } | null = null
  let isAsking = false
  let generation = 0

  async function work(): Promise<void> {
    isAsking = true
    while (waiting !== null) {
      const { question } = waiting
      const asked = generation
      waiting = null
      const answer = await ask(question)
      if (asked === generation) take(answer, question)
    }
    isAsking = false
  }

  return {
    put(question) {
      waiting = { question }
      if (!isAsking) void work()
    },
    drop() {
      waiting = null
      generation += 1
    },
  }
}
