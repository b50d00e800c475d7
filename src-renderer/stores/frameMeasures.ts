import { ref, shallowRef, watch } from 'vue'
import type { Ref, ShallowRef } from 'vue'
import type { ImageId } from '../../src-main/contract/images.ts'
import type { SphereFrame } from '../../src-main/contract/sphere.ts'
import { scaleOf } from '../explore/measures.ts'
import type { Measure, MeasureScale } from '../explore/measures.ts'
import { useConnection } from './connection.ts'
import { useNotices } from './notices.ts'
import { useSphere } from './sphere.ts'

export interface FoundMeasure {
  readonly epoch: number
  readonly values: ReadonlyMap<ImageId, number>
  /** Null where no image has a value. */
  readonly scale: MeasureScale | null
  readonly assumptions: readonly string[]
}

/** Epochs times measures that are kept. */
const most = 128

/** Numbers of the images of whatever frame a ball shows; asked for where they are wanted. */
export function frameMeasures(
  frameOf: () => SphereFrame | null,
  wantedOf: () => readonly Measure[],
): {
  /** Of any epoch of the run: until those of an epoch have come, the ones before stay. */
  readonly shown: Readonly<ShallowRef<ReadonlyMap<Measure, FoundMeasure>>>
  readonly measuring: Readonly<Ref<Measure | null>>
  readonly reset: () => void
} {
  const connection = useConnection()
  const notices = useNotices()
  const sphere = useSphere()

  const shown = shallowRef<ReadonlyMap<Measure, FoundMeasure>>(new Map())
  const known = new Map<string, FoundMeasure>()
  const measuring = ref<Measure | null>(null)
  /** What was cancelled or failed is not asked for again until something else is. */
  let refused = ''

  function keyOf(measure: Measure, { run, epoch, view }: SphereFrame): string {
    return [measure, run, epoch, ...(measure === 'distortion' ? [view] : [])].join(' ')
  }

  async function ask(measure: Measure, frame: SphereFrame): Promise<FoundMeasure | null> {
    const { run, epoch, ids } = frame
    const api = connection.api()
    if (measure === 'distortion') {
      const view = frame.view === 'neighbours' ? frame.view : 'linear'
      const values = await notices.attempt(() => api.distortion({ run, epoch, view }))
      return values && foundOf(epoch, ids, values, [])
    }
    const found = await notices.attempt(() => api.imageMeasure({ run, epoch, measure }))
    return found && foundOf(epoch, found.ids, found.values, found.assumptions)
  }

  /** One question under way; when it is answered, what is wanted then is asked for. */
  async function load(): Promise<void> {
    if (measuring.value !== null) return
    for (;;) {
      const frame = frameOf()
      if (frame === null || !sphere.isExploring) return
      const missing = wantedOf().find((measure) => !known.has(keyOf(measure, frame)))
      const key = missing === undefined ? '' : keyOf(missing, frame)
      show(frame)
      if (missing === undefined || key === refused) return
      measuring.value = missing
      const found = await ask(missing, frame)
      sphere.progress = null
      measuring.value = null
      if (found === null) refused = key
      else keep(key, found)
    }
  }

  function keep(key: string, found: FoundMeasure): void {
    known.set(key, found)
    for (const oldest of known.keys()) {
      if (known.size <= most) break
      known.delete(oldest)
    }
  }

  function show(frame: SphereFrame): void {
    const next = new Map(shown.value)
    for (const measure of wantedOf()) {
      const found = known.get(keyOf(measure, frame))
      if (found !== undefined) next.set(measure, found)
    }
    shown.value = next
  }

  watch(
    () => frameOf()?.run,
    () => (shown.value = new Map()),
  )
  watch(
    () => [wantedOf(), frameOf(), sphere.isExploring] as const,
    () => {
      refused = ''
      void load()
    },
  )

  function reset(): void {
    known.clear()
    shown.value = new Map()
  }

  return { shown, measuring, reset }
}

function foundOf(
  epoch: number,
  ids: Int32Array,
  values: Float32Array,
  assumptions: readonly string[],
): FoundMeasure {
  const byImage = new Map(Array.from(ids, (id, i) => [id, values[i] ?? NaN]))
  return { epoch, values: byImage, scale: scaleOf(values), assumptions }
}
