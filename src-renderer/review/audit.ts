import type { ImageId } from '../../src-main/contract/images.ts'
import type { AuditAnswers, AuditQuestions } from '../../src-main/contract/suspects.ts'

/** One pair that a person is asked about. */
export interface AuditQuestion {
  readonly first: ImageId
  readonly second: ImageId
  /** Index of the range that it was drawn from. */
  readonly stratum: number
}

/** True: they belong together. */
export type AuditReply = boolean

/**
 * All questions in an order that does not tell how suspected a pair is: ranges take turns in proportion
 * to their questions.
 */
export function questionsOf({ strata }: AuditQuestions): readonly AuditQuestion[] {
  return strata
    .flatMap(({ first, second }, stratum) =>
      Array.from(first, (image, i) => ({
        question: { first: image, second: second[i] ?? image, stratum },
        turn: (i + 0.5) / first.length,
      })),
    )
    .sort((a, b) => a.turn - b.turn)
    .map(({ question }) => question)
}

/** What was answered so far, by range. */
export function answersOf(
  { share, strata }: AuditQuestions,
  questions: readonly AuditQuestion[],
  replies: readonly AuditReply[],
): AuditAnswers {
  return {
    share,
    strata: strata.map(({ from, to, pairs }, stratum) => {
      const given = replies.filter((_, i) => questions[i]?.stratum === stratum)
      return { from, to, pairs, asked: given.length, yes: given.filter(Boolean).length }
    }),
  }
}
