import { computed, shallowRef, watch } from 'vue'
import type { ComputedRef, ShallowRef } from 'vue'
import type { RunSummary } from '../../../src-main/contract/runState.ts'
import type { PictureRequest, SphereFrame } from '../../../src-main/contract/sphere.ts'
import { turned } from '../../explore/compare/beside.ts'
import { useConnection } from '../../stores/connection.ts'
import { useLaboratory } from '../../stores/laboratory.ts'
import { useNotices } from '../../stores/notices.ts'
import { useRuns } from '../../stores/runs.ts'
import { useSphere } from '../../stores/sphere.ts'
import { membersOf, temperatureOf } from './sweepRows.ts'
import type { Measured } from './sweepRows.ts'

interface Cell {
  readonly frame: SphereFrame | null
  readonly measured: Measured | null
}

/**
 * The runs of a sweep with the picture and the numbers of each, as they end: one after the other, since
 * each of them is measured by the same process. All pictures are turned to lie over the first that was made.
 */
export function useSweep(sweep: () => string | null): {
  readonly members: ComputedRef<readonly RunSummary[]>
  readonly cells: ShallowRef<ReadonlyMap<string, Cell>>
} {
  const connection = useConnection()
  const lab = useLaboratory()
  const notices = useNotices()
  const runs = useRuns()
  const sphere = useSphere()
  const cells = shallowRef<ReadonlyMap<string, Cell>>(new Map())
  /** Whose pictures the others are turned to. */
  let fixed: PictureRequest | null = null
  let generation = 0
  let isWorking = false

  const members = computed(() => membersOf(runs.list, sweep() ?? ''))
  /** Whose epochs are over: a run that goes on is measured when it ends. */
  const ended = computed(() =>
    members.value.filter(
      ({ phase, epochsDone }) =>
        epochsDone > 0 && phase !== 'training' && phase !== 'preparing' && phase !== 'paused',
    ),
  )

  watch(
    () => [sweep(), lab.share] as const,
    () => {
      generation += 1
      fixed = null
      cells.value = new Map()
    },
  )
  watch([ended, cells], () => void work(), { immediate: true })

  async function work(): Promise<void> {
    if (isWorking) return
    const next = ended.value.find(({ run }) => !cells.value.has(run))
    if (next === undefined) return
    isWorking = true
    const asked = generation
    const cell = await measure(next)
    isWorking = false
    if (asked === generation) cells.value = new Map(cells.value).set(next.run, cell)
    else void work()
  }

  async function measure(member: RunSummary): Promise<Cell> {
    const { run, epochsDone: epoch } = member
    await runs.read(run)
    const frame = await placed({ run, epoch, view: 'linear' })
    const about = { run, epoch, anchors: { kind: 'all' }, share: lab.share } as const
    const measured = await notices.attempt(async () => {
      const api = connection.api()
      const curve = await api.temperatureCurve(about)
      const weighting = { kind: 'softmax', temperature: temperatureOf(member) } as const
      const { push } = await api.laboratory({ ...about, weighting, top: 0 })
      return { curve, push }
    })
    return { frame, measured }
  }

  async function placed(
    of: PictureRequest & { readonly view: 'linear' },
  ): Promise<SphereFrame | null> {
    const frame = await sphere.frameOf(of)
    if (frame === null) return null
    const to = (fixed ??= of)
    if (to === of) return frame
    const turn = await notices.attempt(() => connection.api().turn({ of, to }))
    return turn === null ? frame : turned(frame, turn.matrix)
  }

  return { members, cells }
}
