import type { ComputeApi } from '../contract/compute.ts'
import { engineKinds } from '../contract/engines.ts'
import type {
  EngineEvent,
  EngineKind,
  EngineReport,
  EngineSurvey,
  SurveyedEngine,
} from '../contract/engines.ts'
import { WorkbenchError } from '../contract/errors.ts'
import { deafListener } from './compute.ts'
import type { StartCompute } from './compute.ts'
import { isUndecided, nextEngine, surveyOf } from './engineChoice.ts'
import { emptyRecord, readEngineRecord, thisMachine, writeEngineRecord } from './engineRecord.ts'
import type { EngineMemory, EngineRecord } from './engineRecord.ts'
import { queueOfWork } from './inTurn.ts'
import { LazyCompute } from './LazyCompute.ts'

/** A driver that hangs is as good as one that crashes. */
const usualPatienceMs = 60_000

/**
 * What can train on this machine, and which of it is fastest. Rungs are looked at and measured in a
 * process of their own: one that brings it down is remembered, and not tried again unasked.
 */
export class Engines {
  private readonly compute: LazyCompute
  private readonly recordPath: string
  private readonly announce: (event: EngineEvent) => void
  private readonly now: () => Date
  private readonly patienceMs: number
  /** Looking and measuring are done one after the other. */
  private readonly inTurn = queueOfWork()
  private latest: EngineSurvey | null = null

  constructor(options: {
    readonly start: StartCompute
    /** Of the file that keeps what was measured. */
    readonly recordPath: string
    readonly announce: (event: EngineEvent) => void
    readonly now: () => Date
    readonly patienceMs?: number
  }) {
    // As training would run, or the figures were not its.
    this.compute = new LazyCompute(options.start, 'training', deafListener)
    this.recordPath = options.recordPath
    this.announce = options.announce
    this.now = options.now
    this.patienceMs = options.patienceMs ?? usualPatienceMs
  }

  /**
   * What is known. Looks at the rungs the first time only; where that leaves open which is fastest, they
   * are measured afterwards, and the event `surveyed` tells of it.
   */
  survey(): Promise<EngineSurvey> {
    return this.inTurn(async () => {
      if (this.latest) return this.latest
      const { survey } = await this.look(await readEngineRecord(this.recordPath, thisMachine()))
      if (isUndecided(survey.engines)) void this.measure({ again: false }).catch(() => undefined)
      return survey
    })
  }

  /**
   * Measures the rungs that have not been measured, or with `again` all of them, also those that crashed.
   *
   * @throws WorkbenchError `io` when the result cannot be kept
   */
  measure({ again }: { readonly again: boolean }): Promise<EngineSurvey> {
    return this.inTurn(async () => {
      if (!again && this.latest && !this.latest.engines.some(isUnmeasured)) return this.latest
      const machine = thisMachine()
      const known = again ? emptyRecord(machine) : await readEngineRecord(this.recordPath, machine)
      const { survey, record } = await this.look(known)
      const waiting = survey.engines.filter(isUnmeasured)
      const engines: Partial<Record<EngineKind, EngineMemory>> = { ...record.engines }
      for (const [done, { kind, device }] of waiting.entries()) {
        this.announce({ kind: 'measuring', engine: kind, done, total: waiting.length })
        engines[kind] = await this.measureOne(kind, device)
        // Engines share libraries, and one would find what another has left of them.
        this.compute.release()
      }
      const measured = { ...record, engines }
      if (waiting.length > 0) await writeEngineRecord(this.recordPath, measured)
      return this.conclude(survey.engines.map((engine) => remembered(engine, measured)))
    })
  }

  /** The engine that is asked for, or the best one that runs here. Throws `no-engine`. */
  async choose(engine: 'auto' | EngineKind): Promise<EngineKind> {
    if (engine === 'cpu') return engine
    const seen = await this.survey()
    if (engine === 'auto') {
      // A measurement that is under way is waited for.
      const { chosen, why } = isUndecided(seen.engines)
        ? await this.measure({ again: false })
        : seen
      if (chosen) return chosen
      throw new WorkbenchError('no-engine', why)
    }
    const report = seen.engines.find(({ kind }) => kind === engine)
    if (report?.available) return engine
    throw new WorkbenchError(
      'no-engine',
      `The engine ${engine} does not run here. ${report?.reason ?? ''}`.trim(),
    )
  }

  /** What to go on with when an engine has failed; null when nothing else runs. */
  async nextAfter(failed: EngineKind): Promise<EngineKind | null> {
    return nextEngine((await this.survey()).engines, failed)
  }

  /** Callable twice. */
  dispose(): void {
    this.compute.dispose()
  }

  /** Asks each rung in turn, so that a crash can be laid at its door. */
  private async look(
    known: EngineRecord,
  ): Promise<{ readonly survey: EngineSurvey; readonly record: EngineRecord }> {
    let record = known
    const reports: EngineReport[] = []
    try {
      for (const kind of engineKinds) {
        if (record.engines[kind]?.kind !== 'failed') {
          const found = await this.ask((api) => api.probeEngine({ kind }))
          if ('answer' in found) {
            reports.push(found.answer)
            continue
          }
          const failed = this.failure(`It could not be looked at: ${found.problem}`)
          record = { ...record, engines: { ...record.engines, [kind]: failed } }
          await writeEngineRecord(this.recordPath, record)
        }
        reports.push(blankReport(kind))
      }
    } finally {
      this.compute.release()
    }
    const engines = reports.map((report) =>
      remembered({ ...report, imagesPerSecond: null }, record),
    )
    return { survey: this.conclude(engines), record }
  }

  private async measureOne(kind: EngineKind, device: string | null): Promise<EngineMemory> {
    const found = await this.ask((api) => api.measureEngine({ kind }))
    if ('problem' in found) return this.failure(`It failed when it was measured: ${found.problem}`)
    const { imagesPerSecond } = found.answer
    return { kind: 'measured', device, imagesPerSecond, at: this.now().toISOString() }
  }

  /** An answer of the process, or what became of it instead. */
  private async ask<Answer>(
    question: (api: ComputeApi) => Promise<Answer>,
  ): Promise<{ readonly answer: Answer } | { readonly problem: string }> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new Error(`It did not answer within ${this.patienceMs / 1000} s.`))
        this.compute.release()
      }, this.patienceMs)
    })
    try {
      return { answer: await Promise.race([question(this.compute.api), late]) }
    } catch (error) {
      return { problem: error instanceof Error ? error.message : String(error) }
    } finally {
      clearTimeout(timer)
    }
  }

  private failure(reason: string): EngineMemory {
    return { kind: 'failed', reason, at: this.now().toISOString() }
  }

  private conclude(engines: readonly SurveyedEngine[]): EngineSurvey {
    const survey = surveyOf(engines)
    this.latest = survey
    this.announce({ kind: 'surveyed', survey })
    return survey
  }
}

function isUnmeasured({ available, imagesPerSecond }: SurveyedEngine): boolean {
  return available && imagesPerSecond === null
}

/** A rung with what the record says of it. */
function remembered(engine: SurveyedEngine, { engines }: EngineRecord): SurveyedEngine {
  const memory = engines[engine.kind]
  if (memory?.kind === 'failed')
    return {
      ...engine,
      available: false,
      reason: `${memory.reason} It is not tried again until antipode doctor --measure.`,
    }
  const isOfDevice = memory?.device === engine.device
  return memory && isOfDevice ? { ...engine, imagesPerSecond: memory.imagesPerSecond } : engine
}

function blankReport(kind: EngineKind): EngineReport {
  return { kind, available: false, device: null, reason: '', version: null }
}
