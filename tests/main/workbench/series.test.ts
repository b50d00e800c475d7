import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { WorkbenchMessage } from '../../../src-main/contract/rpc.ts'
import type { RunId, RunRequest } from '../../../src-main/contract/runs.ts'
import type { SeriesState } from '../../../src-main/contract/series.ts'
import { computeStarter } from '../../../src-main/hosts/compute/spawn.ts'
import { Workbench } from '../../../src-main/workbench/Workbench.ts'
import { makeImages } from '../hosts/madeImages.ts'

const scratch = mkdtempSync(join(tmpdir(), 'antipode-series-'))
const photos = join(scratch, 'photos')
const project = join(scratch, 'project')
const quick: RunRequest = {
  regime: 'contrastive',
  engine: 'native',
  loss: { name: 'nt-xent', params: { temperature: 0.2 } },
  settings: { epochs: 6, imageSize: 16, width: 8, depth: 2, batchSize: 16, dim: 8 },
}

let workbench: Workbench
let heard: WorkbenchMessage[]

beforeAll(async () => {
  await makeImages(photos, { labels: 6, imagesPerLabel: 6 })
})
beforeEach(async () => {
  workbench = new Workbench({
    host: 'web',
    version: '0.0.0',
    home: join(scratch, 'home'),
    sampleFolder: photos,
    startCompute: computeStarter((line) => process.stderr.write(`compute: ${line}\n`)),
    now: () => new Date(),
  })
  heard = []
  workbench.listen((...message) => heard.push(message))
  await workbench.openFolder({ folder: photos, project })
  await expect
    .poll(() => heard.some(([name, event]) => name === 'scan' && event.kind === 'ended'))
    .toBe(true)
})
afterEach(() => workbench.dispose())
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

describe('a replay', () => {
  test('repeats the last epochs bit for bit without the verdicts, and differs with them', async () => {
    const run = await trained(quick)
    await expect(workbench.replayChoices({ run })).resolves.toMatchObject({
      epochs: 6,
      starts: [0, 5],
      verdicts: 0,
    })
    await expect(replay(run, 5)).rejects.toThrow('no verdict')
    await judge()
    await expect(replay(run, 3)).rejects.toThrow('is not kept')

    await replay(run, 5)
    expect(await seriesEnded()).toMatchObject({ kind: 'replay', of: run, phase: 'done', total: 2 })
    const [withThem = '', without = ''] = states().at(-1)?.runs ?? []
    expect(embedding(without, 6)).toEqual(embedding(run, 6))
    expect(embedding(withThem, 6)).not.toEqual(embedding(run, 6))
    for (const fork of [withThem, without]) expect(embedding(fork, 4)).toEqual(embedding(run, 4))

    // An ordinary run, with all that came before.
    const summary = (await workbench.runs()).find((each) => each.run === withThem)
    expect(summary).toMatchObject({
      phase: 'done',
      epochsDone: 6,
      config: { series: { kind: 'replay', of: run, arm: 'with', fromEpoch: 5, id: withThem } },
    })
    const events = await workbench.runEvents({ run: withThem })
    expect(events.every((event) => event.run === withThem)).toBe(true)
    expect(events.flatMap((event) => (event.kind === 'embedded' ? event.epoch : []))).toEqual([
      0, 1, 2, 3, 4, 5, 6,
    ])
    expect(events.findLast((event) => event.kind === 'started')).toMatchObject({
      fromEpoch: 5,
      verdicts: 6,
    })
    await expect(workbench.sphere({ run: withThem, epoch: 2 })).resolves.not.toBeNull()

    const at = (of: RunId) => ({ run: of, epoch: 6 })
    const { deltas, protocol } = await workbench.runDeltas({ left: at(run), right: at(without) })
    expect(deltas.map(({ name }) => name)).toEqual([
      'recallAt1',
      'rPrecision',
      'mapAtR',
      'falsePush',
    ])
    for (const { difference, low, high } of deltas)
      expect([difference, low, high]).toEqual([0, 0, 0])
    expect(protocol.join(' ')).toContain('that neither run trained on')
    await expect(
      workbench.runDeltas({ left: at(run), right: { run: without, epoch: 99 } }),
    ).rejects.toThrow('no embedding of epoch 99')
  })

  test('from the beginning, with a policy on suspects and without, needs no checkpoint', async () => {
    const run = await trained({ ...quick, settings: { ...quick.settings, epochs: 3 } })
    await workbench.startSeries({ kind: 'replay', run, what: 'suspects', fromEpoch: 0 })
    await seriesEnded()
    const runs = states().at(-1)?.runs ?? []
    const policies = (await workbench.runs())
      .filter((each) => runs.includes(each.run))
      .map(({ config }) => config?.settings.suspects)
    expect(policies).toEqual(['eliminate', 'off'])
    expect(embedding(runs[1] ?? '', 3)).toEqual(embedding(run, 3))
    expect(embedding(runs[0] ?? '', 3)).not.toEqual(embedding(run, 3))
  })

  test('with a policy that is new looks for suspects where it begins', async () => {
    const run = await trained(quick)
    await workbench.startSeries({ kind: 'replay', run, what: 'suspects', fromEpoch: 5 })
    await seriesEnded()
    const [withIt = '', without = ''] = states().at(-1)?.runs ?? []
    const searches = (await workbench.runEvents({ run: withIt })).filter(
      ({ kind }) => kind === 'suspects',
    )
    expect(searches).toMatchObject([{ epoch: 5, policy: 'eliminate' }])
    expect(embedding(without, 6)).toEqual(embedding(run, 6))
    expect(embedding(withIt, 6)).not.toEqual(embedding(run, 6))
  })

  test('of a run that was stopped is refused', async () => {
    const run = await workbench.startRun({
      ...quick,
      settings: { ...quick.settings, epochs: 5000 },
    })
    await workbench.commandRun({ run, command: 'stop' })
    await idle()
    await expect(replay(run, 0)).rejects.toThrow('has not done all its epochs')
  })
})

describe('a sweep', () => {
  test('trains the same run at each temperature, one after the other, and nothing else meanwhile', async () => {
    const run = await trained({ ...quick, settings: { ...quick.settings, epochs: 2 } })
    const id = await workbench.startSeries(sweepOf(run, [0.1, 0.2, 0.5], 2))
    await expect(workbench.startRun(quick)).rejects.toMatchObject({ code: 'busy' })
    await expect(workbench.startSeries(sweepOf(run, [0.1, 0.2], 2))).rejects.toMatchObject({
      code: 'busy',
    })
    expect(await seriesEnded()).toMatchObject({ id, phase: 'done', total: 3, message: null })
    expect((await workbench.hello()).series?.runs).toHaveLength(3)
    const swept = (await workbench.runs()).filter(({ config }) => config?.series?.id === id)
    expect(swept.map(({ config }) => config?.loss.params['temperature'])).toEqual([0.1, 0.2, 0.5])
    expect(swept.map(({ phase }) => phase)).toEqual(['done', 'done', 'done'])
    // The one at the run's own temperature is that run again.
    expect(embedding(swept[1]?.run ?? '', 2)).toEqual(embedding(run, 2))
    expect(embedding(swept[0]?.run ?? '', 2)).not.toEqual(embedding(run, 2))
  })

  test('is stopped as a whole: what has not begun never does', async () => {
    const run = await trained({ ...quick, settings: { ...quick.settings, epochs: 1 } })
    const before = readdirSync(join(project, 'runs')).length
    await workbench.startSeries(sweepOf(run, [0.1, 0.5], 5000))
    await workbench.stopSeries()
    expect(await seriesEnded()).toMatchObject({ phase: 'stopped', message: null })
    await idle()
    expect(readdirSync(join(project, 'runs'))).toHaveLength(before + 1)
    // And the next run may start.
    await trained({ ...quick, settings: { ...quick.settings, epochs: 1 } })
  })

  test('is refused for a loss without a temperature, and for one out of range', async () => {
    const triplet = { name: 'triplet', params: {} }
    const run = await trained({
      ...quick,
      regime: 'metric',
      loss: triplet,
      settings: { ...quick.settings, epochs: 1 },
    })
    await expect(workbench.startSeries(sweepOf(run, [0.1, 0.2], 1))).rejects.toThrow(
      'has no temperature',
    )
    const other = await trained({ ...quick, settings: { ...quick.settings, epochs: 1 } })
    const before = readdirSync(join(project, 'runs')).length
    await expect(workbench.startSeries(sweepOf(other, [0.1, -1], 1))).rejects.toMatchObject({
      code: 'bad-request',
    })
    expect(readdirSync(join(project, 'runs'))).toHaveLength(before)
  })
})

function sweepOf(run: RunId, temperatures: readonly number[], epochs: number) {
  return { kind: 'sweep', run, temperatures, epochs } as const
}

function replay(run: RunId, fromEpoch: number): Promise<string> {
  return workbench.startSeries({ kind: 'replay', run, what: 'verdicts', fromEpoch })
}

async function trained(request: RunRequest): Promise<RunId> {
  const run = await workbench.startRun(request)
  await idle()
  return run
}

async function idle(): Promise<void> {
  await expect.poll(() => workbench.pids.training, { timeout: 30_000, interval: 20 }).toBeNull()
}

function states(): readonly SeriesState[] {
  return heard.flatMap(([name, event]) => (name === 'series' ? [event] : []))
}

async function seriesEnded(): Promise<SeriesState> {
  await expect
    .poll(() => states().at(-1)?.phase, { timeout: 60_000, interval: 20 })
    .not.toBe('going')
  return states().at(-1) as SeriesState
}

/** A pair of each label, which a contrastive run pushes apart. */
async function judge(): Promise<void> {
  const { ids } = await workbench.images()
  const pairs = ids.filter((_, i) => i % 6 < 2)
  await workbench.changeLibrary({ kind: 'verdict', pairs, verdict: 'same' })
}

function embedding(run: RunId, epoch: number): Buffer {
  return readFileSync(join(project, 'runs', run, 'embeddings', `${epoch}.npy`))
}
