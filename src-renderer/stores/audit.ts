import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { RunId } from '../../src-main/contract/runs.ts'
import type { AuditQuestions, AuditResult } from '../../src-main/contract/suspects.ts'
import type { GroupSize } from '../../src-main/contract/suspectPolicy.ts'
import { answersOf, questionsOf } from '../review/audit.ts'
import type { AuditReply } from '../review/audit.ts'
import { useConnection } from './connection.ts'
import { useLabelling } from './labelling.ts'
import { useNotices } from './notices.ts'

/** Enough for intervals that say something, few enough for one sitting. */
const questionCount = 50

/** Yes or no to pairs that were drawn at random: how good suspects are where no labels tell. */
export const useAudit = defineStore('audit', () => {
  const connection = useConnection()
  const notices = useNotices()
  const labelling = useLabelling()

  const drawn = shallowRef<AuditQuestions | null>(null)
  const replies = shallowRef<readonly AuditReply[]>([])
  const result = shallowRef<AuditResult | null>(null)
  const isDrawing = ref(false)
  const isKept = ref(false)

  const questions = computed(() => (drawn.value === null ? [] : questionsOf(drawn.value)))
  const current = computed(() => questions.value[replies.value.length] ?? null)

  async function draw(run: RunId, groupSize: GroupSize, share: number): Promise<void> {
    reset()
    isDrawing.value = true
    const request = { run, epoch: null, groupSize, share, questions: questionCount, seed: 0 }
    const found = await notices.attempt(() => connection.api().drawAudit(request))
    isDrawing.value = false
    drawn.value = found
  }

  async function reply(isTogether: AuditReply): Promise<void> {
    if (current.value === null) return
    replies.value = [...replies.value, isTogether]
    if (current.value === null) await count()
  }

  function back(): void {
    replies.value = replies.value.slice(0, -1)
    result.value = null
    isKept.value = false
  }

  /** What has been answered is enough for wider intervals. */
  async function count(): Promise<void> {
    if (drawn.value === null) return
    const answers = answersOf(drawn.value, questions.value, replies.value)
    result.value = await notices.attempt(() => connection.api().auditResult(answers))
  }

  /** The answers as verdicts, in one step of undo. */
  async function keep(): Promise<void> {
    const pairsOf = (wanted: AuditReply): Int32Array =>
      Int32Array.from(
        replies.value.flatMap((given, i) => {
          const question = questions.value[i]
          return given === wanted && question ? [question.first, question.second] : []
        }),
      )
    const [same, different] = [pairsOf(true), pairsOf(false)]
    isKept.value = await labelling.run({
      kind: 'together',
      title: `Keep ${replies.value.length} answers of an audit as verdicts`,
      commands: [
        ...(same.length > 0 ? [{ kind: 'verdict', pairs: same, verdict: 'same' } as const] : []),
        ...(different.length > 0
          ? [{ kind: 'verdict', pairs: different, verdict: 'different' } as const]
          : []),
      ],
    })
  }

  function reset(): void {
    drawn.value = null
    replies.value = []
    result.value = null
    isKept.value = false
  }

  return {
    drawn,
    replies,
    result,
    isDrawing,
    isKept,
    questions,
    current,
    draw,
    reply,
    back,
    count,
    keep,
    reset,
  }
})
