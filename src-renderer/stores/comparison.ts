import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import type { ImageId } from '../../src-main/contract/images.ts'
import type { RunId } from '../../src-main/contract/runs.ts'
import type { RunState } from '../../src-main/contract/runState.ts'
import type { PictureRequest, SphereFrame } from '../../src-main/contract/sphere.ts'
import { sharedOf, turned } from '../explore/compare/beside.ts'
import { epochBeside } from '../explore/compare/pace.ts'
import type { Pace, RunLength } from '../explore/compare/pace.ts'
import { latestOnly } from '../workbench/latestOnly.ts'
import { useConnection } from './connection.ts'
import { useNotices } from './notices.ts'
import { useRuns } from './runs.ts'
import { useSphere } from './sphere.ts'

type View = 'linear' | 'neighbours'

/** What is to stand on the right, and what it is laid over. */
interface Question {
  readonly of: PictureRequest & { readonly view: View }
  readonly turn: { readonly of: PictureRequest; readonly to: PictureRequest } | null
}

/** A second run, epoch or view beside the one that the sphere shows. */
export const useComparison = defineStore('comparison', () => {
  const connection = useConnection()
  const notices = useNotices()
  const runs = useRuns()
  const sphere = useSphere()

  /** Null: nothing is compared. */
  const otherId = ref<RunId | null>(null)
  const view = ref<View>('linear')
  const pace = ref<Pace>('epoch')
  const fixedEpoch = ref(0)
  /** Turned, so that the images that both show lie near each other. */
  const frame = shallowRef<SphereFrame | null>(null)
  /** The image under the pointer, on whichever side. */
  const hovered = ref<ImageId | null>(null)
  /** Rotations by what they are between. */
  const turns = new Map<string, readonly number[] | null>()

  const isOpen = computed(() => otherId.value !== null)
  const other = computed(() => runs.stateOf(otherId.value))
  const isSameRun = computed(() => otherId.value === runs.shownId)
  const shared = computed(() =>
    sphere.frame === null || frame.value === null ? null : sharedOf(sphere.frame, frame.value),
  )
  const question = computed<Question | null>(() => {
    const [left, right, shown] = [runs.shown, other.value, sphere.frame]
    if (left === null || right === null || shown === null || shown.run !== left.run) return null
    const epoch = epochBeside(shown.epoch, {
      pace: pace.value,
      left: lengthOf(left),
      right: lengthOf(right),
      fixed: fixedEpoch.value,
    })
    if (epoch === null) return null
    const leftView = shown.view === 'neighbours' ? 'neighbours' : 'linear'
    const of = { run: right.run, epoch, view: view.value }
    // One run in one view has one set of axes for all its epochs.
    if (isSameRun.value && leftView === view.value) return { of, turn: null }
    // Found at the end of both and kept for all epochs, so that what moves has moved in the embedding.
    return {
      of,
      turn: {
        of: { ...of, epoch: right.embedded.at(-1) ?? epoch },
        to: { run: left.run, epoch: left.embedded.at(-1) ?? shown.epoch, view: leftView },
      },
    }
  })

  const asking = latestOnly(ask, (answer: SphereFrame | null) => (frame.value = answer))

  async function ask({ of, turn }: Question): Promise<SphereFrame | null> {
    const found = await sphere.frameOf(of)
    if (found === null || turn === null) return found
    const key = JSON.stringify(turn)
    let matrix = turns.get(key)
    if (matrix === undefined) {
      const answer = await notices.attempt(() => connection.api().turn(turn))
      matrix = answer?.matrix ?? null
      turns.set(key, matrix)
    }
    return matrix === null ? found : turned(found, matrix)
  }

  /** Frames of several epochs of the right run as they lie beside the left, without showing them. */
  async function framesOf(epochs: readonly number[]): Promise<SphereFrame[]> {
    const found: SphereFrame[] = []
    const { value: asked } = question
    if (asked === null) return found
    for (const epoch of epochs) {
      const made = await ask({ ...asked, of: { ...asked.of, epoch } })
      if (made !== null) found.push(made)
    }
    return found
  }

  watch(
    question,
    (asked, before) => {
      if (asked === null) {
        asking.drop()
        frame.value = null
      } else if (JSON.stringify(asked) !== JSON.stringify(before)) asking.put(asked)
    },
    { immediate: true },
  )

  /** Puts a run beside the one that is shown; the run itself at its first epoch, before training. */
  async function open(run: RunId): Promise<void> {
    await runs.read(run)
    const [left, right] = [runs.shown, runs.stateOf(run)]
    if (left === null || right === null) return
    const isSame = run === left.run
    fixedEpoch.value = right.embedded[0] ?? 0
    pace.value = isSame
      ? 'fixed'
      : lengthOf(left).epochs === lengthOf(right).epochs
        ? 'epoch'
        : 'share'
    view.value = sphere.frame?.view === 'neighbours' ? 'neighbours' : 'linear'
    otherId.value = run
  }

  function close(): void {
    otherId.value = null
    hovered.value = null
  }

  function reset(): void {
    close()
    turns.clear()
  }

  return {
    otherId,
    other,
    view,
    pace,
    fixedEpoch,
    frame,
    hovered,
    shared,
    isOpen,
    isSameRun,
    framesOf,
    open,
    close,
    reset,
  }
})

function lengthOf({ embedded, config }: RunState): RunLength {
  return { embedded, epochs: config?.settings.epochs ?? embedded.at(-1) ?? 0 }
}
