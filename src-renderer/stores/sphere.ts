import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import type { ImageId } from '../../src-main/contract/images.ts'
import type { RunId } from '../../src-main/contract/runs.ts'
import type { Neighbours, SphereFrame } from '../../src-main/contract/sphere.ts'
import { useConnection } from './connection.ts'
import { useNotices } from './notices.ts'

interface Wish {
  readonly run: RunId
  readonly epoch: number
}

/** Frames that are kept, so that going back and forth through epochs does not ask again. */
const keptFrames = 32

/** The frame that is shown, and where it comes from: the newest one, or an epoch that was chosen. */
export const useSphere = defineStore('sphere', () => {
  const connection = useConnection()
  const notices = useNotices()

  const frame = shallowRef<SphereFrame | null>(null)
  const isFollowing = ref(true)
  const isLoading = ref(false)
  const frames = new Map<string, SphereFrame>()
  let wanted: Wish | null = null

  function keep(made: SphereFrame): void {
    const key = keyOf(made.run, made.epoch)
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
    if (isFollowing.value && (shownRun === null || shownRun === made.run)) {
      wanted = null
      frame.value = made
    }
    await new Promise((resolve) => requestAnimationFrame(resolve))
  }

  /** Shows an epoch of a run; the newest wish wins, however late its answer. */
  async function show(run: RunId, epoch: number): Promise<void> {
    wanted = { run, epoch }
    const known = frames.get(keyOf(run, epoch))
    if (known !== undefined) {
      frame.value = known
      return
    }
    if (isLoading.value) return
    isLoading.value = true
    // One question under way; whatever was wished meanwhile is asked after it.
    let asked: Wish | null = wanted
    while (asked !== null) {
      await fetchFrame(asked)
      asked = nextOf(asked)
    }
    isLoading.value = false
  }

  function nextOf(asked: Wish): Wish | null {
    return wanted !== asked && wanted !== null && !frames.has(keyOf(wanted.run, wanted.epoch))
      ? wanted
      : null
  }

  async function fetchFrame(asked: Wish): Promise<void> {
    const found = await notices.attempt(() => connection.api().sphere(asked))
    if (found === null) return
    keep(found)
    if (wanted?.run === asked.run && wanted.epoch === asked.epoch) frame.value = found
  }

  /** Null where the frame has no embedding of the image, or the question failed. */
  async function neighboursOf(image: ImageId, count: number): Promise<Neighbours | null> {
    const shown = frame.value
    if (shown === null) return null
    const { run, epoch } = shown
    try {
      return await connection.api().neighbours({ run, epoch, image, count })
    } catch {
      // A card without neighbours says so itself; the run may just have been replaced.
      return null
    }
  }

  function clearFrame(): void {
    wanted = null
    frame.value = null
  }

  function reset(): void {
    clearFrame()
    frames.clear()
    isFollowing.value = true
  }

  return { frame, isFollowing, isLoading, onFrame, show, neighboursOf, clearFrame, reset }
})

function keyOf(run: RunId, epoch: number): string {
  return `${run} ${epoch}`
}
