import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { LossEntry, ParameterValues } from '../../src-main/contract/catalogue.ts'
import type { LossPicture } from '../../src-main/contract/lossPicture.ts'
import { mostPicturePoints } from '../../src-main/contract/lossPicture.ts'
import { descend, turned } from '../losses/descend.ts'
import { scenes } from '../losses/scenes.ts'
import type { Scene, SceneName } from '../losses/scenes.ts'
import { useConnection } from './connection.ts'
import { wordsOf } from './errorWords.ts'
import { useProject } from './project.ts'

/** A picture with the points that it is of. */
export interface ShownPicture extends Scene {
  readonly loss: string
  readonly made: LossPicture
}

/** Steps between two pictures where nothing shall move: it jumps instead. */
const stepsOfAJump = 25
/** Losses that the curve remembers. */
const longestHistory = 400

/** The loss that is explained, the points that it is shown on, and where they want to go. */
export const useLossPage = defineStore('lossPage', () => {
  const project = useProject()
  const connection = useConnection()

  const chosen = ref<string | null>(null)
  const params = shallowRef<Readonly<Record<string, ParameterValues>>>({})
  const sceneName = ref<SceneName>('mixed')
  const points = shallowRef<Scene>(scenes.mixed.ofLabels)
  const learnt = shallowRef<LossPicture['learnt']>([])
  const picture = shallowRef<ShownPicture | null>(null)
  const history = shallowRef<readonly number[]>([])
  const rate = ref(0.05)
  const isRunning = ref(false)
  /** Why there is no picture; null if there is. */
  const problem = ref<string | null>(null)
  let wish = 0
  let isAsking = false

  const entry = computed<LossEntry | null>(() => {
    const { losses } = project.catalogue
    return losses.find(({ name }) => name === chosen.value) ?? losses[0] ?? null
  })
  /** It compares two views of each image, and knows no labels. */
  const isOfViews = computed(() => entry.value?.regimes.includes('metric') === false)
  const values = computed(() => params.value[entry.value?.name ?? ''] ?? {})

  function choose(name: string): void {
    if (name === entry.value?.name) return
    const wasOfViews = isOfViews.value
    stop()
    chosen.value = name
    learnt.value = []
    history.value = []
    if (isOfViews.value === wasOfViews) void refresh()
    else setScene(sceneName.value)
  }

  /** Null takes the value back. */
  function setParam(name: string, value: number | string | null): void {
    const of = entry.value?.name
    if (of === undefined) return
    const kept = Object.fromEntries(Object.entries(values.value).filter(([key]) => key !== name))
    params.value = { ...params.value, [of]: value === null ? kept : { ...kept, [name]: value } }
    history.value = []
    void refresh()
  }

  function setScene(name: SceneName): void {
    stop()
    sceneName.value = name
    points.value = scenes[name][isOfViews.value ? 'ofViews' : 'ofLabels']
    learnt.value = []
    history.value = []
    void refresh()
  }

  function move(point: number, angle: number): void {
    const { angles, labels } = points.value
    points.value = { labels, angles: angles.map((old, i) => (i === point ? turned(angle) : old)) }
    void refresh()
  }

  function relabel(point: number, label: number): void {
    const { angles, labels } = points.value
    points.value = { angles, labels: labels.map((old, i) => (i === point ? label : old)) }
    learnt.value = []
    void refresh()
  }

  /** Of views one of each image is added, since a view alone has no positive. */
  function add(label: number): void {
    const { angles, labels } = points.value
    if (isOfViews.value || angles.length >= mostPicturePoints) return
    const place = 2.4 * angles.length
    points.value = { angles: [...angles, turned(place)], labels: [...labels, label] }
    void refresh()
  }

  function remove(point: number): void {
    const { angles, labels } = points.value
    if (isOfViews.value || angles.length <= 3) return
    const isKept = (_: number, i: number): boolean => i !== point
    points.value = { angles: angles.filter(isKept), labels: labels.filter(isKept) }
    void refresh()
  }

  /** The picture of the points as they are now; the newest wish wins, one is under way. */
  async function refresh(): Promise<void> {
    wish += 1
    if (isAsking) return
    isAsking = true
    try {
      for (let asked = 0; asked !== wish;) {
        asked = wish
        const found = await ask(points.value, learnt.value)
        if (found !== null) show(found)
      }
    } finally {
      isAsking = false
    }
  }

  async function ask(scene: Scene, known: LossPicture['learnt']): Promise<ShownPicture | null> {
    const loss = entry.value?.name
    if (loss === undefined) return null
    try {
      const made = await connection.api().lossPicture({
        loss,
        params: values.value,
        angles: Float32Array.from(scene.angles),
        labels: Int32Array.from(scene.labels),
        learnt: known.map(({ name, shape, values }) => ({ name, shape, values })),
      })
      problem.value = null
      return { loss, made, ...scene }
    } catch (error) {
      problem.value = wordsOf(error).detail
      stop()
      return null
    }
  }

  function show(found: ShownPicture): void {
    if (found.loss !== entry.value?.name) return
    picture.value = found
    learnt.value = found.made.learnt
  }

  /** Goes down the gradient until nothing moves. @param jumps show only every so many steps */
  async function run(jumps: boolean): Promise<void> {
    if (isRunning.value) return
    isRunning.value = true
    while (isRunning.value) {
      const isSettled = await advance(jumps ? stepsOfAJump : 1)
      if (isSettled) stop()
      await new Promise((resolve) => requestAnimationFrame(resolve))
    }
  }

  /** @returns whether nothing moves any more */
  async function advance(steps = 1): Promise<boolean> {
    let from = picture.value
    if (from === null || from.angles !== points.value.angles) await refresh()
    from = picture.value
    for (let step = 0; step < steps && from !== null; step++) {
      const next = descend(from.angles, from.made, rate.value)
      if (next.isSettled) return true
      const scene = { labels: from.labels, angles: next.angles }
      const found = await ask(scene, next.learnt)
      // Somebody moved a point or took another loss meanwhile.
      if (found === null || points.value.angles !== from.angles || isOther(found)) return false
      points.value = scene
      history.value = [...history.value, found.made.loss].slice(-longestHistory)
      if (step === steps - 1) show(found)
      else learnt.value = found.made.learnt
      from = found
    }
    return from === null
  }

  const isOther = ({ loss }: ShownPicture): boolean => loss !== entry.value?.name

  function stop(): void {
    isRunning.value = false
  }

  return {
    entry,
    isOfViews,
    values,
    sceneName,
    points,
    picture,
    history,
    rate,
    isRunning,
    problem,
    choose,
    setParam,
    setScene,
    move,
    relabel,
    add,
    remove,
    refresh,
    run,
    advance,
    stop,
  }
})
