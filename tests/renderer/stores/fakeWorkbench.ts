import type { WorkbenchApi } from '../../../src-main/contract/api.ts'
import { WorkbenchError } from '../../../src-main/contract/errors.ts'
import type { ImageTable } from '../../../src-main/contract/images.ts'
import type { ProjectInfo } from '../../../src-main/contract/project.ts'
import { serveWorkbench } from '../../../src-main/contract/rpc.ts'
import type { WorkbenchListener, WorkbenchMessage } from '../../../src-main/contract/rpc.ts'
import type { RunEvent, Score } from '../../../src-main/contract/runs.ts'
import type { SphereFrame } from '../../../src-main/contract/sphere.ts'
import { emptyRun, foldRun, summaryOf } from '../../../src-main/contract/runState.ts'
import { memoryChannel } from '../workbench/memoryChannel.ts'

const birds: ProjectInfo = {
  folder: '/p/birds',
  name: 'birds',
  sources: ['/birds'],
  images: 3,
  labels: 2,
  skipped: 1,
}

const birdTable: ImageTable = {
  ids: Int32Array.of(1, 2, 5),
  paths: ['wren/1.jpg', 'wren/2.jpg', 'x.jpg'],
  hashes: ['aa', 'bb', 'cc'],
  labels: Int32Array.of(0, 0, -1),
  labelRows: [
    { id: 1, name: 'wren', colour: null, parent: null },
    { id: 2, name: 'tit', colour: null, parent: null },
  ],
  excluded: new Uint8Array(3),
  trashed: new Uint8Array(3),
  splits: new Uint8Array(3),
  modifiedMs: new Float64Array(3),
  widths: new Int32Array(3).fill(8),
  heights: new Int32Array(3).fill(8),
}

export function frameOf(run: string, epoch: number): SphereFrame {
  return {
    run,
    epoch,
    view: 'linear',
    ownMotionDegrees: null,
    frameEpoch: epoch,
    ids: birdTable.ids,
    positions: Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1),
    faithfulness: {
      isExact: false,
      lengthShare: 0.4,
      trustworthiness: 0.9,
      continuity: 0.9,
      neighboursKept: 0.3,
      k: 10,
    },
  }
}

const score = (recallAt1: number): Score => ({ recallAt1, mapAtR: 0.1, queries: 3 })

/** The events of a run with so many epochs done, one step each. */
export function eventsOf(run: string, epochs: number): RunEvent[] {
  const config = {
    version: 3 as const,
    regime: 'metric' as const,
    engine: 'native' as const,
    loss: { name: 'supcon', params: {} },
    miner: null,
    settings: { epochs: 5 } as never,
  }
  const images = { training: 2, heldOut: 1, trainingLabels: 1, heldOutLabels: 1 }
  const started = { device: 'cpu', images, protocol: 'open', stepsPerEpoch: 1, fromEpoch: 0 }
  const doneEpochs = Array.from({ length: epochs }, (_, i) => epochEvents(run, i + 1)).flat()
  return [
    { run, kind: 'started', config, ...started, at: `2026-11-24T0${run.at(-1)}:00:00Z` },
    { run, kind: 'embedded', epoch: 0 },
    { run, kind: 'epoch', epoch: 0, meanLoss: null, score: score(0.2), trainingSeconds: 0 },
    ...doneEpochs,
  ]
}

export function epochEvents(run: string, epoch: number): RunEvent[] {
  const rates = { learningRate: 0.1, imagesPerSecond: 9, secondsLeft: 3, residentBytes: 1000 }
  return [
    { run, kind: 'steps', epoch, firstStep: epoch - 1, losses: [1 / epoch], ...rates },
    { run, kind: 'embedded', epoch },
    {
      run,
      kind: 'epoch',
      epoch,
      meanLoss: 1 / epoch,
      score: score(0.2 + epoch / 10),
      trainingSeconds: epoch,
    },
  ]
}

/** A workbench in memory, with one open project and whatever runs it is given. */
export function fakeWorkbench(runs: Record<string, RunEvent[]> = {}) {
  const listeners = new Set<WorkbenchListener>()
  const asked: string[] = []
  let project: ProjectInfo | null = birds
  let activeRun: string | null = null
  /** Held answers are given when `release` is called. */
  let gate: Promise<void> | null = null
  const notHere = () => Promise.reject(new WorkbenchError('not-found', 'There is no such thing.'))

  const api: WorkbenchApi = {
    hello: () =>
      Promise.resolve({
        version: '0.1.0',
        host: 'web',
        project,
        catalogue: { losses: [], miners: [], settings: [], rules: [] },
        recent: [],
        activeRun,
        series: null,
      }),
    openFolder: notHere,
    openSample: () => Promise.resolve(birds),
    closeProject: () => {
      project = null
      return Promise.resolve()
    },
    cancelScan: () => Promise.resolve(),
    rescan: () => Promise.resolve(birds),
    folderChanges: () => Promise.resolve(null),
    chooseFolder: () => Promise.resolve(null),
    browseFolder: notHere,
    images: () => Promise.resolve(birdTable),
    imageDetails: notHere,
    revealImage: notHere,
    skipped: () => Promise.resolve([{ path: 'y.jpg', reason: 'The file is cut short.' }]),
    addToProject: notHere,
    removeSource: notHere,
    changeLibrary: notHere,
    checkQuality: () => Promise.resolve(null),
    cancelQuality: () => Promise.resolve(),
    checkLabelTable: notHere,
    applyLabelTable: notHere,
    exportLabels: notHere,
    cancelLabelExport: () => Promise.resolve(),
    undo: notHere,
    redo: notHere,
    journalState: () => Promise.resolve({ revision: 0, undo: null, redo: null }),
    journal: () => Promise.resolve([]),
    verdicts: () => Promise.resolve([]),
    verdictTable: notHere,
    checkVerdictTable: notHere,
    applyVerdictTable: notHere,
    startRun: () => Promise.resolve('run-9'),
    startSeries: () => Promise.resolve('run-9'),
    stopSeries: () => {
      asked.push('stopSeries')
      return Promise.resolve()
    },
    replayChoices: notHere,
    runDeltas: notHere,
    commandRun: ({ run, command }) => {
      asked.push(`${command} ${run}`)
      return Promise.resolve()
    },
    continueRun: notHere,
    runs: () =>
      Promise.resolve(
        Object.entries(runs).map(([run, events]) =>
          summaryOf(events.reduce(foldRun, emptyRun(run))),
        ),
      ),
    runEvents: async ({ run }) => {
      const events = [...(runs[run] ?? [])]
      await gate
      return events
    },
    sphere: async ({ run, epoch, view = 'linear' }) => {
      asked.push(`sphere ${run} ${epoch}${view === 'linear' ? '' : ` ${view}`}`)
      await gate
      // Stored epochs are all drawn along the newest axes.
      return { ...frameOf(run, epoch), view, frameEpoch: 8 }
    },
    turn: ({ of, to }) => {
      asked.push(`turn ${of.run} ${of.epoch} to ${to.run} ${to.epoch}`)
      // A quarter turn about the third axis.
      return Promise.resolve({ matrix: [0, -1, 0, 1, 0, 0, 0, 0, 1], shared: 3 })
    },
    distortion: notHere,
    imageMeasure: notHere,
    forces: notHere,
    clusters: notHere,
    splitCluster: notHere,
    joinCluster: notHere,
    labelPrototypes: notHere,
    cancelPictures: () => {
      asked.push('cancelPictures')
      return Promise.resolve()
    },
    neighbours: notHere,
    suspects: notHere,
    pairHistory: notHere,
    groupHistory: notHere,
    verdictEffect: notHere,
    suspectQuality: notHere,
    drawAudit: notHere,
    auditResult: notHere,
    laboratory: notHere,
    temperatureCurve: notHere,
    labelErrors: notHere,
    lossPicture: notHere,
    engines: () => Promise.resolve({ engines: [], chosen: null, why: '' }),
    measureEngines: notHere,
    exportRun: notHere,
  }

  return {
    asked,
    setActive: (run: string | null) => (activeRun = run),
    open: () => {
      const [near, far] = memoryChannel()
      serveWorkbench(
        {
          ...api,
          listen: (listener) => {
            listeners.add(listener)
            return () => listeners.delete(listener)
          },
        },
        far,
      )
      return Promise.resolve(near)
    },
    say: (...message: WorkbenchMessage) => {
      for (const listener of listeners) listener(...message)
    },
    hold: () => {
      let release = (): void => undefined
      gate = new Promise((resolve) => {
        release = () => {
          gate = null
          resolve()
        }
      })
      return release
    },
  }
}
