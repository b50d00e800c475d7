import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import type { ImageId } from '../../src-main/contract/images.ts'
import type {
  Anchors,
  CurveRequest,
  LaboratoryReport,
  LaboratoryRequest,
  TemperatureCurve,
  Weighting,
} from '../../src-main/contract/laboratory.ts'
import type { RunId } from '../../src-main/contract/runs.ts'
import { usualValues, weightingOf } from '../laboratory/weightings.ts'
import type { WeightingKind, WeightingValues } from '../laboratory/weightings.ts'
import { latestOnly } from '../workbench/latestOnly.ts'
import { useConnection } from './connection.ts'
import { useNotices } from './notices.ts'
import { useProject } from './project.ts'
import { useRuns } from './runs.ts'
import { useSelection } from './selection.ts'

/** Negatives of one anchor that are listed; the numbers are of all of them. */
const top = 100

/** The push now, and the one that it is compared with. */
interface Answer {
  /** What was asked about, but for the weighting. */
  readonly about: string
  readonly report: LaboratoryReport
  readonly ghost: LaboratoryReport | null
}

interface Question {
  readonly request: LaboratoryRequest
  readonly ghost: Weighting | null
}

/** The temperature laboratory: whose push, dealt out how, and what lands where. */
export const useLaboratory = defineStore('laboratory', () => {
  const connection = useConnection()
  const notices = useNotices()
  const project = useProject()
  const runs = useRuns()
  const selection = useSelection()

  const chosenEpoch = ref<number | null>(null)
  const anchorKind = ref<Anchors['kind']>('image')
  const chosenImage = ref<ImageId | null>(null)
  const label = ref(0)
  const kind = ref<WeightingKind>('softmax')
  const values = shallowRef<WeightingValues>(usualValues)
  /** A second temperature to compare with; null for none. */
  const ghostTemperature = ref<number | null>(null)
  /** Of the negative pairs, that count as suspected. */
  const share = ref(0.05)

  const answer = shallowRef<Answer | null>(null)
  const curve = shallowRef<TemperatureCurve | null>(null)
  /** There is no answer yet, and one was asked for. */
  const isWaiting = ref(false)

  const run = computed(() => runs.shown)
  const embedded = computed(() => run.value?.embedded ?? [])
  const epoch = computed(() => {
    const { value: chosen } = chosenEpoch
    if (chosen !== null && embedded.value.includes(chosen)) return chosen
    return embedded.value.at(-1) ?? null
  })
  /** Of the run's loss where it has one, at its end. */
  const runTemperature = computed(() => {
    const written = run.value?.config?.loss.params.temperature
    return run.value?.temperatures.at(-1)?.value ?? (typeof written === 'number' ? written : null)
  })
  const image = computed<ImageId | null>(() => chosenImage.value ?? project.table.ids[0] ?? null)
  const weighting = computed(() => weightingOf(kind.value, values.value))
  const anchors = computed<Anchors | null>(() => {
    if (anchorKind.value === 'all') return { kind: 'all' }
    if (anchorKind.value === 'label') return { kind: 'label', label: label.value }
    return image.value === null ? null : { kind: 'image', image: image.value }
  })
  const about = computed(() =>
    run.value === null || epoch.value === null || anchors.value === null
      ? null
      : { run: run.value.run, epoch: epoch.value, anchors: anchors.value, share: share.value },
  )
  /** The answer is about other anchors than the controls say by now. */
  const isStale = computed(
    () =>
      answer.value !== null && about.value !== null && answer.value.about !== keyOf(about.value),
  )
  const question = computed<Question | null>(() => {
    if (about.value === null) return null
    const ghost =
      ghostTemperature.value === null || kind.value !== 'softmax'
        ? null
        : ({ kind: 'softmax', temperature: ghostTemperature.value } as const)
    return { request: { ...about.value, weighting: weighting.value, top }, ghost }
  })

  const asking = latestOnly(ask, (given: Answer | null) => {
    isWaiting.value = false
    answer.value = given
  })
  const tracing = latestOnly(
    (request: NonNullable<typeof about.value>) =>
      notices.attempt(() => connection.api().temperatureCurve(request)),
    (given: TemperatureCurve | null) => {
      curve.value = given
    },
  )

  async function ask({ request, ghost }: Question): Promise<Answer | null> {
    return notices.attempt(async () => {
      const api = connection.api()
      const report = await api.laboratory(request)
      const compared =
        ghost === null ? null : await api.laboratory({ ...request, weighting: ghost })
      return { about: keyOf(request), report, ghost: compared }
    })
  }

  /** Asks for whatever the controls say now; called while the screen is looked at. */
  function look(): () => void {
    const stopQuestion = watch(
      question,
      (next) => {
        if (next === null) return
        isWaiting.value = answer.value === null
        asking.put(next)
      },
      { immediate: true },
    )
    const stopAbout = watch(
      () => JSON.stringify(about.value),
      () => {
        if (about.value !== null) tracing.put(about.value)
      },
      { immediate: true },
    )
    // Whoever selects an image elsewhere means it; and what was selected before counts too.
    const stopSelection = watch(
      () => selection.single,
      (single) => {
        if (single !== null) chosenImage.value = single
      },
      { immediate: true },
    )
    return () => {
      stopQuestion()
      stopAbout()
      stopSelection()
    }
  }

  watch(
    () => runs.shownId,
    (next: RunId | null) => {
      if (answer.value?.report.run === next) return
      answer.value = null
      curve.value = null
      chosenEpoch.value = null
      label.value = 0
      asking.drop()
      tracing.drop()
    },
  )
  // A run's own temperature is where one begins.
  watch(runTemperature, (value) => {
    if (value !== null && answer.value === null) set({ temperature: value })
  })

  function set(part: Partial<WeightingValues>): void {
    values.value = { ...values.value, ...part }
  }

  /** The temperature that is looked at stays as the one to compare with. */
  function toggleGhost(): void {
    ghostTemperature.value = ghostTemperature.value === null ? values.value.temperature : null
  }

  function reset(): void {
    answer.value = null
    curve.value = null
    chosenEpoch.value = null
    chosenImage.value = null
    anchorKind.value = 'image'
    label.value = 0
    asking.drop()
    tracing.drop()
  }

  return {
    chosenEpoch,
    anchorKind,
    chosenImage,
    label,
    kind,
    values,
    ghostTemperature,
    share,
    answer,
    curve,
    isWaiting,
    isStale,
    run,
    embedded,
    epoch,
    runTemperature,
    image,
    weighting,
    set,
    toggleGhost,
    look,
    reset,
  }
})

function keyOf({ run, epoch, anchors, share }: CurveRequest): string {
  return JSON.stringify([run, epoch, anchors, share])
}
