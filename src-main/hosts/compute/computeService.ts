import { basename } from 'node:path'
import type { ComputeApi } from '../../contract/compute.ts'
import { WorkbenchError } from '../../contract/errors.ts'
import type { RunId } from '../../contract/runs.ts'
import { createRunControl } from '../../training/runControl.ts'
import type { RunControl } from '../../training/runControl.ts'
import type { ComputeListener } from '../../workbench/compute.ts'
import { readRunImages } from '../../workbench/runFolders.ts'
import type { LaboratoryOfRun } from './laboratoryOfRun.ts'
import type { Pictures } from './Pictures.ts'
import type { VerdictEffects } from './VerdictEffects.ts'

/**
 * All that a compute process can do. Each part is loaded when it is first asked for, so that a process
 * that only reads images never holds a tensor library.
 */
export function computeService(host: ComputeListener): ComputeApi {
  let tensors: Promise<unknown> | null = null
  let laboratory: Promise<LaboratoryOfRun> | null = null
  let effects: Promise<VerdictEffects> | null = null
  let pictures: Promise<Pictures> | null = null
  let scanning: AbortController | null = null
  let measuring: AbortController | null = null
  let training: { readonly run: RunId; readonly control: RunControl } | null = null

  return {
    async probeEngine({ kind }) {
      const { probeEngine } = await import('../../numeric/engines/ladder.ts')
      return probeEngine(kind)
    },

    async measureEngine({ kind }) {
      const { measureEngine } = await import('../../training/measureEngine.ts')
      return measureEngine(kind, () => performance.now())
    },

    async scan(request) {
      if (scanning) throw new WorkbenchError('busy', 'A folder is being read already.')
      const abort = new AbortController()
      scanning = abort
      try {
        const { scanFolder } = await import('../../data/scanFolder.ts')

        return await scanFolder(request, { onBatch: host.scanned, signal: abort.signal })
      } finally {
        scanning = null
      }
    },

    cancelScan() {
      scanning?.abort()
      return Promise.resolve()
    },

    async pictureFacts({ path }) {
      const { readPictureFacts } = await import('../../data/pictureFacts.ts')
      return readPictureFacts(path)
    },

    async looks(request) {
      measuring?.abort()
      const { signal } = (measuring = new AbortController())
      const { measureLooks } = await import('../../data/quality/measureLooks.ts')
      return measureLooks(request, { signal, onProgress: host.quality })
    },

    cancelLooks() {
      measuring?.abort()
      return Promise.resolve()
    },

    async train(request) {
      if (training) throw new WorkbenchError('busy', `Run ${training.run} is going on.`)
      const control = createRunControl()
      training = { run: request.run, control }
      try {
        const { trainRun } = await import('./trainRun.ts')
        await trainRun(request, control, host)
      } finally {
        training = null
      }
    },

    command({ run, command }) {
      if (training?.run !== run)
        throw new WorkbenchError('bad-request', `Run ${run} is not going on.`)
      training.control.command(command)
      return Promise.resolve()
    },

    async lossPicture(request) {
      const { lossPicture } = await import('../../analysis/lossPicture.ts')
      await useTensors()
      return lossPicture(request)
    },

    async sphere(request) {
      return (await openPictures()).frame(request)
    },

    async turn(request) {
      return (await openPictures()).turn(request)
    },

    async distortion(request) {
      return (await openPictures()).distortion(request)
    },

    async clusters(request) {
      return (await openPictures()).clusters(request)
    },

    async splitCluster(request) {
      return (await openPictures()).splitCluster(request)
    },

    async joinCluster(request) {
      return (await openPictures()).joinCluster(request)
    },

    async labelPrototypes(request) {
      return (await openPictures()).labelPrototypes(request)
    },

    async imageMeasure(request) {
      await useTensors()
      return (await openPictures()).measure(request)
    },

    async forces(request) {
      const made = await openPictures()
      return made.forces(request, () => {
        // An engine that embeds views may take the tensors with it.
        forgetTensors()
        return useTensors()
      })
    },

    async cancelPictures() {
      ;(await pictures)?.cancel()
    },

    async exportRun(request) {
      const { exportFromRun } = await import('./exportFromRun.ts')
      await useTensors()
      try {
        return await exportFromRun(request)
      } finally {
        // The engine that checked the export may have taken the tensors with it.
        tensors = null
      }
    },

    async neighbours({ runFolder, ...request }) {
      const { neighboursIn } = await import('../../analysis/sphereFrames.ts')
      const run = basename(runFolder)
      return neighboursIn({ run, runFolder, ids: await idsOf(runFolder) }, request)
    },

    async runDeltas(request) {
      const { deltasOfRuns } = await import('./deltasOfRuns.ts')
      await useTensors()
      return deltasOfRuns(request)
    },

    async suspects(request) {
      const { suspectsOfRun } = await import('./suspectsOfRun.ts')
      return suspectsOfRun(request, request).finally(forgetTensors)
    },

    async suspectQuality(request) {
      const { suspectQualityOfRun } = await import('./suspectsOfRun.ts')
      return suspectQualityOfRun(request, request).finally(forgetTensors)
    },

    async pairHistory(request) {
      const { pairHistoryOfRun } = await import('./pairHistoryOfRun.ts')
      return pairHistoryOfRun(request)
    },

    async groupHistory(request) {
      const { groupHistoryOfRun } = await import('./groupHistoryOfRun.ts')
      return groupHistoryOfRun(request)
    },

    async verdictEffect(request) {
      return (await openEffects()).of(request, request)
    },

    async audit(request) {
      const { auditOfRun } = await import('./auditOfRun.ts')
      return auditOfRun(request, request)
    },

    async laboratory(request) {
      return (await openLaboratory()).report(request, request)
    },

    async temperatureCurve(request) {
      return (await openLaboratory()).curve(request, request)
    },

    async labelErrors(request) {
      const { labelErrorsOfRun } = await import('./labelErrorsOfRun.ts')
      return labelErrorsOfRun(request, request)
    },
  }

  /** One for all calls, since it keeps what a slider asks for again and again. */
  function openLaboratory(): Promise<LaboratoryOfRun> {
    laboratory ??= import('./laboratoryOfRun.ts').then(
      ({ LaboratoryOfRun: Laboratory }) => new Laboratory(),
    )
    return laboratory
  }

  /** One for all calls, since it keeps the push of the anchors that were asked for. */
  function openEffects(): Promise<VerdictEffects> {
    effects ??= import('./VerdictEffects.ts').then(({ VerdictEffects: Effects }) => new Effects())
    return effects
  }

  /** One for all calls, since it keeps the neighbours that it has found. */
  function openPictures(): Promise<Pictures> {
    pictures ??= import('./Pictures.ts').then(async ({ Pictures: Made }) => {
      // Where ONNX Runtime is missing, they multiply rows.
      await useTensors()
      return new Made((progress) => host.picture(progress))
    })
    return pictures
  }

  /** An engine that made random views may have taken the tensors with it. */
  function forgetTensors(): void {
    tensors = null
  }

  /** WebAssembly is there on every machine, and quick enough for rows. */
  function useTensors(): Promise<unknown> {
    tensors ??= import('../../numeric/engines/ladder.ts').then(({ openEngine }) =>
      openEngine('wasm'),
    )
    return tensors
  }
}

async function idsOf(runFolder: string): Promise<Int32Array> {
  const { ids } = await readRunImages(runFolder)
  return ids
}
