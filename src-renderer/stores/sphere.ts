import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { ImageId } from '../../src-main/contract/images.ts'
import type { RunId } from '../../src-main/contract/runs.ts'
import type {
  Neighbours,
  PictureProgress,
  SphereFrame,
  SphereView,
} from '../../src-main/contract/sphere.ts'
import { useConnection } from './connection.ts'
import { useNotices } from './notices.ts'

interface Wish {
  readonly run: RunId
  readonly epoch: number
  readonly view: SphereView
}

/** Frames that are kept, so that going back and forth through epochs does not ask again. */
const keptFrames = 64

/** The frame that is shown, and where it comes from: the newest one, or an epoch that was chosen. */
export const useSphere = defineStore('sphere', () => {
  const connection = useConnection()
  const notices = useNotices()

  const frame = shallowRef<SphereFrame | null>(null)
  const isFollowing = ref(true)
  const isLoading = ref(false)
  /** What is chosen for looking around; while training is watched, motion has to be real. */
  const chosenView = ref<'linear' | 'neighbours'>('linear')
  const isExploring = ref(false)
  const view = computed(() => (isExploring.value ? chosenView.value : 'linear'))
  /** How far a picture or a clustering is that somebody waits for; null while none is made. */
  const progress = shallowRef<PictureProgress | null>(null)
  const frames = new Map<string, SphereFrame>()
  const wanted = shallowRef<Wish | null>(null)
  /** Of the frame that is shown, or that is on its way: where the next step goes from. */
  const epoch = computed(() =>
    isLoading.value && wanted.value !== null ? wanted.value.epoch : (frame.value?.epoch ?? null),
  )

  function keep(made: SphereFrame): void {
    // An embedding of three dimensions answers the wish for a linear view as `exact`.
    const view = made.view === 'neighbours' ? made.view : 'linear'
    const key = keyOf({ ...made, view })
    // Places along other axes cannot be compared with these.
    for (const [other, kept] of frames)
      if (view === 'linear' && kept.run === made.run && kept.view === made.view)
        if (kept.frameEpoch < made.frameEpoch) frames.delete(other)
    frames.delete(key)
    frames.set(key, made)
    for (const oldest of frames.keys()) {
      if (frames.size <= keptFrames) break
      frames.delete(oldest)
    }
  }

  /** Resolves when the browser has had the time to draw it: the host then sends the next one. */
  async function onFrame(made: SphereFrame, shownRun: RunId | null): Promise<void> {
    keep(made)
    const isWanted = (made.view === 'neighbours') === (view.value === 'neighbours')
    if (isWanted && isFollowing.value && (shownRun === null || shownRun === made.run)) {
      wanted.value = null
      frame.value = made
    }
    await new Promise((resolve) => requestAnimationFrame(resolve))
  }

  /** Shows an epoch of a run; the newest wish wins, however late its answer. */
  async function show(run: RunId, epoch: number): Promise<void> {
    const wish = { run, epoch, view: view.value }
    wanted.value = wish
    const known = frames.get(keyOf(wish))
    if (known !== undefined) {
      frame.value = known
      return
    }
    if (isLoading.value) return
    isLoading.value = true
    // One question under way; whatever was wished meanwhile is asked after it.
    let asked: Wish | null = wish
    while (asked !== null) {
      await fetchFrame(asked)
      asked = nextOf(asked)
    }
    isLoading.value = false
  }

  function nextOf(asked: Wish): Wish | null {
    const { value: next } = wanted
    return next !== asked && next !== null && !frames.has(keyOf(next)) ? next : null
  }

  async function fetchFrame(asked: Wish): Promise<void> {
    const found = await notices.attempt(() => connection.api().sphere(asked))
    progress.value = null
    if (found === null) {
      // A layout that was cancelled or failed: the picture that is shown stays, and says what it is.
      if (wanted.value === asked && asked.view === 'neighbours') chosenView.value = 'linear'
      return
    }
    keep(found)
    if (wanted.value !== null && keyOf(wanted.value) === keyOf(asked)) frame.value = found
  }

  /** The same epoch in another view. */
  async function choose(next: 'linear' | 'neighbours'): Promise<void> {
    chosenView.value = next
    await showAgain()
  }

  /** Whether somebody looks around: then the view that was chosen holds. */
  async function explore(isNow: boolean): Promise<void> {
    isExploring.value = isNow
    await showAgain()
  }

  async function showAgain(): Promise<void> {
    const shown = frame.value
    const isRight = (shown?.view === 'neighbours') === (view.value === 'neighbours')
    if (shown !== null && (!isRight || isLoading.value)) await show(shown.run, shown.epoch)
  }

  /** The frame of a run, an epoch and a view, without showing it; null if there is none. */
  async function frameOf(wish: Wish): Promise<SphereFrame | null> {
    const known = frames.get(keyOf(wish))
    if (known !== undefined) return known
    const made = await notices.attempt(() => connection.api().sphere(wish))
    progress.value = null
    if (made !== null) keep(made)
    return made
  }

  /** Frames of several epochs in the view that is shown, in their order; those without one left out. */
  async function framesOf(run: RunId, epochs: readonly number[]): Promise<SphereFrame[]> {
    const found: SphereFrame[] = []
    for (const epoch of epochs) {
      const made = await frameOf({ run, epoch, view: view.value })
      if (made !== null) found.push(made)
    }
    return found
  }

  function onPicture(next: PictureProgress): void {
    progress.value = next
  }

  async function cancel(): Promise<void> {
    await notices.attempt(() => connection.api().cancelPictures())
    progress.value = null
  }

  /** Null where the frame has no embedding of the image, or the question failed. */
  async function neighboursOf(
    image: ImageId,
    count: number,
    of: SphereFrame | null = frame.value,
  ): Promise<Neighbours | null> {
    if (of === null) return null
    const { run, epoch } = of
    try {
      return await connection.api().neighbours({ run, epoch, image, count })
    } catch {
      // A card without neighbours says so itself; the run may just have been replaced.
      return null
    }
  }

  function clearFrame(): void {
    wanted.value = null
    frame.value = null
  }

  function reset(): void {
    clearFrame()
    frames.clear()
    progress.value = null
    isFollowing.value = true
  }

  return {
    frame,
    epoch,
    isFollowing,
    isLoading,
    isExploring,
    chosenView,
    progress,
    onFrame,
    onPicture,
    show,
    choose,
    explore,
    cancel,
    frameOf,
    framesOf,
    neighboursOf,
    clearFrame,
    reset,
  }
})

function keyOf({ run, epoch, view }: Wish): string {
  return `${run} ${epoch} ${view}`
}
