import { Matrix3, Matrix4 } from 'three'
import { ref, shallowRef } from 'vue'
import type { ImageId } from '../../src-main/contract/images.ts'
import type { SphereFrame } from '../../src-main/contract/sphere.ts'
import type { SpherePaint } from '../explore/painting.ts'
import { verdictOf } from '../sphere/faithfulnessWords.ts'
import { Trackball } from '../sphere/trackball.ts'
import type { BallPose } from '../sphere/trackball.ts'
import { useProject } from '../stores/project.ts'
import { useRuns } from '../stores/runs.ts'
import { useSphere } from '../stores/sphere.ts'
import { summaryOf } from '../../src-main/contract/runState.ts'
import { runTitle } from '../train/runWords.ts'
import { saveFile } from '../ui/saveFile.ts'
import { encodeFilm } from './encodeFilm.ts'
import { FilmStage } from './FilmStage.ts'
import { filmSteps } from './filmSteps.ts'
import { replayData } from './replayData.ts'
import { replayPage } from './replayPage.ts'
import viewer from './replayViewer.mjs?raw'

/** What is filmed as it is seen now. */
export interface FilmSubject {
  readonly paint: SpherePaint
  readonly shapes: Uint8Array | null
  readonly pose: BallPose | null
  /** Both halves of the ball as flat discs. */
  readonly flat: boolean
}

export interface FilmSettings {
  readonly width: number
  readonly height: number
  readonly seconds: number
  readonly sways: boolean
}

/** Pictures a second. */
const rate = 30
const viewWords = {
  linear: 'linear view',
  neighbours: 'neighbours view',
  exact: 'exact view',
} as const

/** Makes films and replays of the run that is shown, one at a time, and hands them over as files. */
export function useFilm() {
  const project = useProject()
  const runs = useRuns()
  const sphere = useSphere()
  /** What is being done, and the share that is done; null while nothing is. */
  const progress = shallowRef<{ readonly what: string; readonly share: number } | null>(null)
  const fault = ref('')
  /** Name and size of what was made last. */
  const made = shallowRef<{ readonly name: string; readonly sizeBytes: number } | null>(null)
  let abort = new AbortController()

  /** Frames of all epochs in the view that is shown, of the images that are shown now. */
  async function framesOf(signal: AbortSignal): Promise<readonly SphereFrame[]> {
    const { frame } = sphere
    const epochs = runs.shown?.embedded ?? []
    const frames: SphereFrame[] = []
    if (frame === null) throw new Error('There is no picture yet. Wait for the first epoch.')
    for (const [i, epoch] of epochs.entries()) {
      progress.value = { what: 'Reading the epochs', share: i / epochs.length }
      const [found] = await sphere.framesOf(frame.run, [epoch])
      signal.throwIfAborted()
      if (found?.ids.length === frame.ids.length) frames.push(found)
    }
    if (frames.length === 0) throw new Error('No epoch could be read. Try again.')
    return frames
  }

  async function attempt(
    kind: 'webm' | 'html',
    work: (frames: readonly SphereFrame[], signal: AbortSignal) => Promise<Blob>,
  ): Promise<void> {
    abort = new AbortController()
    const { signal } = abort
    fault.value = ''
    made.value = null
    progress.value = { what: 'Reading the epochs', share: 0 }
    try {
      const file = await work(await framesOf(signal), signal)
      const name = `${sphere.frame?.run ?? 'sphere'}.${kind}`
      saveFile(file, name)
      made.value = { name, sizeBytes: file.size }
    } catch (error) {
      if (!signal.aborted) fault.value = error instanceof Error ? error.message : String(error)
    }
    progress.value = null
  }

  function title(): string {
    return runs.shown === null ? '' : runTitle(summaryOf(runs.shown))
  }

  function film(subject: FilmSubject, settings: FilmSettings): Promise<void> {
    return attempt('webm', async (frames, signal) => {
      const stage = new FilmStage({ ...subject, ...settings, frames, title: titleOf(frames) })
      const steps = filmSteps(frames.length, { seconds: settings.seconds, rate })
      try {
        return await encodeFilm(stage.canvas, {
          rate,
          pictures: steps.length,
          signal,
          draw: (i) => {
            const step = steps[i]
            if (step !== undefined) stage.draw(step, i / steps.length)
          },
          onProgress: (share) => (progress.value = { what: 'Drawing and encoding', share }),
        })
      } finally {
        stage.dispose()
      }
    })
  }

  function replay({ paint, pose }: FilmSubject): Promise<void> {
    return attempt('html', (frames) => {
      const last = frames.at(-1)
      const note = last === undefined ? '' : verdictOf(last)
      const { orientation } = pose ?? new Trackball().pose
      const turn = new Matrix3().setFromMatrix4(
        new Matrix4().makeRotationFromQuaternion(orientation),
      )
      const data = replayData({
        title: titleOf(frames),
        note,
        frames,
        paint,
        turn: turn.elements.map((part) => Number(part.toFixed(5))),
        nameOf,
      })
      return Promise.resolve(replayPage(data, viewer))
    })
  }

  function titleOf(frames: readonly SphereFrame[]): string {
    const view = frames[0]?.view ?? 'linear'
    return `${title()} · ${viewWords[view]}`
  }

  function nameOf(id: ImageId): string {
    const path = project.imageOf(id)?.path ?? ''
    return path.split(/[\\/]/).at(-1) ?? ''
  }

  /** Nothing is handed over then. */
  function cancel(): void {
    abort.abort()
  }

  return { progress, fault, made, film, replay, cancel }
}
