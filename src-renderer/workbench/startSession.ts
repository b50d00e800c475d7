import type { Pinia } from 'pinia'
import { watch } from 'vue'
import type { WorkbenchApi } from '../../src-main/contract/api.ts'
import type { Channel } from '../../src-main/contract/peer.ts'
import type { WorkbenchMessage } from '../../src-main/contract/rpc.ts'
import { useComparison } from '../stores/comparison.ts'
import { useConnection } from '../stores/connection.ts'
import { useEngines } from '../stores/engines.ts'
import { useLabelling } from '../stores/labelling.ts'
import { useNotices } from '../stores/notices.ts'
import { useProject } from '../stores/project.ts'
import { useQuality } from '../stores/quality.ts'
import { useAudit } from '../stores/audit.ts'
import { useLabelErrors } from '../stores/labelErrors.ts'
import { useForces } from '../stores/forces.ts'
import { useImageMeasures } from '../stores/imageMeasures.ts'
import { useLaboratory } from '../stores/laboratory.ts'
import { useReview } from '../stores/review.ts'
import { useRuns } from '../stores/runs.ts'
import { useSeries } from '../stores/series.ts'
import { useSelection } from '../stores/selection.ts'
import { useSphere } from '../stores/sphere.ts'
import { useVerdicts } from '../stores/verdicts.ts'
import { keepConnected } from './keepConnected.ts'

/** Ties the stores to the workbench: what it says goes to the store it concerns. Returns its stop. */
export function startSession(pinia: Pinia, open: () => Promise<Channel>): () => void {
  const connection = useConnection(pinia)
  const project = useProject(pinia)
  const runs = useRuns(pinia)
  const sphere = useSphere(pinia)
  const imageMeasures = useImageMeasures(pinia)
  const forces = useForces(pinia)
  const selection = useSelection(pinia)
  const engines = useEngines(pinia)
  const labelling = useLabelling(pinia)
  const quality = useQuality(pinia)
  const review = useReview(pinia)
  const verdicts = useVerdicts(pinia)
  const laboratory = useLaboratory(pinia)
  const audit = useAudit(pinia)
  const labelErrors = useLabelErrors(pinia)
  const comparison = useComparison(pinia)
  const series = useSeries(pinia)
  const notices = useNotices(pinia)

  function onEvent(...message: WorkbenchMessage): unknown {
    switch (message[0]) {
      case 'scan':
        return project.onScan(message[1])
      case 'folderChanges':
        return project.onFolderChanges(message[1])
      case 'project':
        return project.setInfo(message[1])
      case 'library':
        if (message[1].hasVerdicts) void verdicts.load()
        return labelling.onChange(message[1])
      case 'quality':
        return quality.onProgress(message[1])
      case 'labelExport':
        return labelling.onExport(message[1])
      case 'run':
        return runs.onEvent(message[1])
      case 'series':
        return series.onState(message[1])
      case 'engines':
        return engines.onEvent(message[1])
      case 'picture':
        return sphere.onPicture(message[1])
      case 'sphere':
        return sphere.onFrame(message[1], runs.shownId)
    }
  }

  /** After each connection; a reconnected window may have missed anything. */
  async function welcome(api: WorkbenchApi): Promise<void> {
    const hello = await notices.attempt(() => api.hello())
    if (hello === null) return
    const isSame = hello.project?.folder === project.info?.folder
    project.setHello(hello)
    series.setKnown(hello.series)
    project.setInfo(hello.project)
    // Otherwise the change of the project reads everything.
    if (isSame && hello.project !== null)
      await Promise.all([project.load(), labelling.load(), runs.load(hello.activeRun)])
    await engines.load()
  }

  async function enter(): Promise<void> {
    if (connection.phase !== 'ready') return
    const hello = await notices.attempt(() => connection.api().hello())
    if (hello === null) return
    project.setHello(hello)
    series.setKnown(hello.series)
    if (hello.project === null || hello.project.folder !== project.info?.folder) return
    await Promise.all([project.load(), labelling.load(), runs.load(hello.activeRun)])
  }

  const stopWatching = watch(
    () => project.info?.folder,
    () => {
      selection.reset()
      runs.reset()
      sphere.reset()
      imageMeasures.reset()
      forces.reset()
      comparison.reset()
      series.reset()
      labelling.reset()
      quality.reset()
      review.reset()
      laboratory.reset()
      audit.reset()
      labelErrors.reset()
      void enter()
    },
    { flush: 'sync' },
  )
  const stopConnection = keepConnected(open, {
    onEvent,
    onReady: (api) => {
      connection.attach(api)
      void welcome(api)
    },
    onLost: (attempt) => connection.lose(attempt),
  })
  return () => {
    stopWatching()
    stopConnection()
  }
}
