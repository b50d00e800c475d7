import type { EngineKind, EngineSurvey, SurveyedEngine } from '../contract/engines.ts'

/** The rung that `auto` takes, and why: the fastest where that is known, else the one that usually is. */
export function surveyOf(engines: readonly SurveyedEngine[]): EngineSurvey {
  const [best, ...others] = bestFirst(engines)
  if (!best) {
    const reasons = engines.map(({ kind, reason }) => `${kind}: ${reason}`).join(' ')
    return { engines, chosen: null, why: `No engine runs here. ${reasons}` }
  }
  const measured = [best, ...others].filter(({ imagesPerSecond }) => imagesPerSecond !== null)
  if (measured.length > 1) {
    const speeds = measured.map(speedText).join(', ')
    return { engines, chosen: best.kind, why: `${speeds}: ${best.kind}` }
  }
  const why =
    others.length === 0
      ? `${best.kind} is the only engine that runs here`
      : `${best.kind} is usually faster than ${others.map(({ kind }) => kind).join(' and ')}; not measured yet`
  return { engines, chosen: best.kind, why }
}

/** Rungs that can run, the one to take first. */
export function bestFirst(engines: readonly SurveyedEngine[]): readonly SurveyedEngine[] {
  const available = engines.filter((engine) => engine.available)
  const isMeasured = available.every(({ imagesPerSecond }) => imagesPerSecond !== null)
  return available.toSorted((a, b) =>
    isMeasured ? (b.imagesPerSecond ?? 0) - (a.imagesPerSecond ?? 0) : placeOf(a) - placeOf(b),
  )
}

/** Whether a measurement would decide between rungs that are about equally fast by nature. */
export function isUndecided(engines: readonly SurveyedEngine[]): boolean {
  const rivals = engines.filter(({ kind, available }) => available && kind !== 'wasm')
  return rivals.length > 1 && rivals.some(({ imagesPerSecond }) => imagesPerSecond === null)
}

/** The best rung besides one that failed, or null. */
export function nextEngine(
  engines: readonly SurveyedEngine[],
  failed: EngineKind,
): EngineKind | null {
  return bestFirst(engines).find(({ kind }) => kind !== failed)?.kind ?? null
}

/** Without a GPU, the library of `cuda` computes on the processor, where `native` is usually faster. */
function placeOf({ kind, isGpu }: SurveyedEngine): number {
  const usual: readonly EngineKind[] = ['cuda', 'webgpu', 'native', 'wasm', 'cpu']
  return kind === 'cuda' && isGpu !== true ? 2.5 : usual.indexOf(kind)
}

function speedText({ kind, imagesPerSecond }: SurveyedEngine, i: number): string {
  const speed = imagesPerSecond ?? 0
  const digits = speed < 10 ? speed.toFixed(1) : speed.toFixed(0)
  return `${kind} ${digits}${i === 0 ? ' img/s' : ''}`
}
