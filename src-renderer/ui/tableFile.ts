import { reactive, ref, shallowRef } from 'vue'
import { wordsOf } from '../stores/errorWords.ts'

/** What is said of any table before it is taken in. */
export interface TableReport {
  /** How many things would change; a table that changes nothing cannot be applied. */
  readonly changed: number
  /** What is left out, by line as an editor counts: the header is line 1. */
  readonly problems: readonly { readonly line: number; readonly message: string }[]
}

export interface TableFile<Report extends TableReport = TableReport> {
  /** Of the file that was chosen, or empty. */
  readonly name: string
  readonly report: Report | null
  /** What is wrong with the table as a whole, and what to do about it. */
  readonly fault: string
  readonly isBusy: boolean
  /** Reads the file and asks what it would do. */
  take(file: File): Promise<void>
  /** Asks again, after something else that the answer depends on has changed. */
  check(): Promise<void>
  /** @returns whether the table was taken in */
  apply(): Promise<boolean>
}

/**
 * A table that a person gives: first what it would do, then the doing. What goes wrong is kept beside
 * the table, where it is read, and is no notice.
 */
export function useTableFile<Report extends TableReport>(ask: {
  readonly check: (text: string) => Promise<Report>
  readonly apply: (table: { text: string; name: string }) => Promise<unknown>
}): TableFile<Report> {
  const name = ref('')
  const text = ref<string | null>(null)
  const report = shallowRef<Report | null>(null)
  const fault = ref('')
  const isBusy = ref(false)
  /** Answers may come in any order; only what was asked last counts. */
  let asked = 0

  /** @returns what the work gives, or null when it failed or something else was asked meanwhile */
  async function attempt<Result>(work: () => Promise<Result>): Promise<{ result: Result } | null> {
    const mine = ++asked
    isBusy.value = true
    fault.value = ''
    try {
      const result = await work()
      return mine === asked ? { result } : null
    } catch (error) {
      if (mine !== asked) return null
      const { detail, advice } = wordsOf(error)
      fault.value = `${detail} ${advice}`
      report.value = null
      return null
    } finally {
      if (mine === asked) isBusy.value = false
    }
  }

  async function take(file: File): Promise<void> {
    name.value = file.name
    text.value = null
    const read = await attempt(() => file.text())
    if (read === null) return
    text.value = read.result
    await check()
  }

  async function check(): Promise<void> {
    const given = text.value
    if (given === null) return
    const answer = await attempt(() => ask.check(given))
    if (answer) report.value = answer.result
  }

  async function apply(): Promise<boolean> {
    const given = text.value
    if (given === null) return false
    return (await attempt(() => ask.apply({ text: given, name: name.value }))) !== null
  }

  return reactive({ name, report, fault, isBusy, take, check, apply })
}
