import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ProjectInfo, ScanEvent } from '../../../src-main/contract/project.ts'
import type { WorkbenchMessage } from '../../../src-main/contract/rpc.ts'
import type { RunEvent, RunRequest } from '../../../src-main/contract/runs.ts'
import { computeStarter } from '../../../src-main/hosts/compute/spawn.ts'
import { Workbench } from '../../../src-main/workbench/Workbench.ts'
import { makeImages } from '../hosts/madeImages.ts'

const scratch = mkdtempSync(join(tmpdir(), 'antipode-workbench-'))
const photos = join(scratch, 'photos')
const project = join(scratch, 'project')
const quick: RunRequest = {
  regime: 'metric',
  engine: 'native',
  loss: { name: 'supcon', params: {} },
  settings: { epochs: 2, imageSize: 16, width: 8, depth: 2, batchSize: 16, dim: 3 },
}
const endless: RunRequest = { ...quick, settings: { ...quick.settings, epochs: 5000 } }

let workbench: Workbench
let heard: WorkbenchMessage[]

beforeAll(async () => {
  await makeImages(photos, { labels: 6, imagesPerLabel: 6 })
})

beforeEach(() => {
  workbench = openWorkbench()
  heard = []
  workbench.listen((...message) => heard.push(message))
})

afterEach(() => workbench.dispose())

afterAll(() => rmSync(scratch, { recursive: true, force: true }))

describe('opening a folder', () => {
  test('reads it into a project beside it, and leaves the folder as it was', async () => {
    const before = contentsOf(photos)
    const info = await openAndScan(photos, project)
    expect(info).toMatchObject({
      folder: project,
      name: 'photos',
      sources: [photos],
      images: 36,
      labels: 6,
      skipped: 0,
    })
    const { ids, labelRows, labels, hashes, paths } = await workbench.images()
    expect([ids.length, labels.length, hashes.length, paths.length]).toEqual([36, 36, 36, 36])
    expect(labelRows.map(({ name }) => name)).toEqual([
      'label 0',
      'label 1',
      'label 2',
      'label 3',
      'label 4',
      'label 5',
    ])
    expect(contentsOf(photos)).toEqual(before)
  })

  test('its pictures can be asked for by hash and by id, and nothing else', async () => {
    await openAndScan(photos, project)
    const { ids, hashes, paths } = await workbench.images()
    const thumbnail = workbench.media(`thumb/${hashes[0] ?? ''}`)
    expect(thumbnail?.contentType).toBe('image/png')
    expect(statSync(thumbnail?.path ?? '').size).toBeGreaterThan(50)
    const image = workbench.media(`image/${ids[0] ?? 0}`)
    expect(image).toMatchObject({
      path: join(photos, paths[0] ?? ''),
      contentType: 'image/png',
    })
    const refused = [
      'image/99999',
      'image/-1',
      'image/1/2',
      'image/../1',
      'thumb/..',
      'thumb/zzzzzzzzzzzzzzzz',
      'export/2026-01-01-1/..',
      'export/2026-01-01-1/%2e%2e%2fproject.db',
      'export/../project.db',
      'export/2026-01-01-1',
      'project.db',
      '',
    ]
    for (const path of refused) expect(workbench.media(path), path).toBeNull()
    for (const path of refused) expect(workbench.mediaPack(path), path).toBeNull()
  })

  test('many thumbnails can be asked for at once', async () => {
    await openAndScan(photos, project)
    const { hashes } = await workbench.images()
    const [first = '', second = ''] = hashes
    const files = [first, second].map((hash) =>
      readFileSync(workbench.media(`thumb/${hash}`)?.path ?? ''),
    )
    const lengthOf = (length: number) => Buffer.from(Uint32Array.of(length).buffer)
    const pack = await workbench.mediaPack(`thumbs/${first}${'0'.repeat(16)}${second}`)
    expect(Buffer.from(pack ?? [])).toEqual(
      Buffer.concat([
        lengthOf(files[0]?.length ?? 0),
        files[0] ?? Buffer.alloc(0),
        lengthOf(0),
        lengthOf(files[1]?.length ?? 0),
        files[1] ?? Buffer.alloc(0),
      ]),
    )
    for (const path of [
      'thumbs/',
      `thumbs/${first}0`,
      `thumbs/${first.repeat(257)}`,
      'thumbs/../x',
    ])
      expect(workbench.mediaPack(path), path).toBeNull()
  })

  test('a second time nothing is read again, and what is gone is forgotten', async () => {
    const folder = join(scratch, 'changing')
    await makeImages(folder, { labels: 2, imagesPerLabel: 3 })
    const target = join(scratch, 'changing project')
    await openAndScan(folder, target)
    const first = await workbench.images()
    rmSync(join(folder, 'label 1', '2.png'))
    writeFileSync(join(folder, 'label 0', 'torn.png'), 'torn')
    const info = await openAndScan(folder, target)
    expect(info).toMatchObject({ images: 5, labels: 2, skipped: 1 })
    expect((await workbench.skipped()).map(({ path }) => path)).toEqual(['label 0/torn.png'])
    expect([...(await workbench.images()).ids]).toEqual([...first.ids].slice(0, 5))
  })

  test('a project folder of one’s own is made under the home folder, and remembered', async () => {
    const info = await openAndScan(photos)
    expect(info.folder).toMatch(/Antipode[/\\]photos-[0-9a-f]{6}$/)
    const { recent, project: open } = await workbench.hello()
    expect(recent[0]).toEqual({ folder: photos, name: 'photos' })
    expect(open?.folder).toBe(info.folder)
  })

  test('a window that says hello hears of the project as it is when the answer leaves', async () => {
    const { labels } = await openAndScan(photos, project)
    const { ids } = await workbench.images()
    const hello = workbench.hello()
    await workbench.changeLibrary({
      kind: 'createLabel',
      name: 'new',
      parent: null,
      images: ids.slice(0, 1),
    })
    expect((await hello).project?.labels).toBe(labels + 1)
    await workbench.undo()
  })

  test('a project can be opened by its own folder', async () => {
    await openAndScan(photos, project)
    await workbench.closeProject()
    expect(await openAndScan(project)).toMatchObject({ folder: project, sources: [photos] })
    const { recent } = await workbench.hello()
    expect(recent[0]).toEqual({ folder: project, name: 'photos' })
  })

  test.each([
    ['a folder that is not there', () => join(scratch, 'nowhere'), 'not-found'],
    ['an empty folder', () => made(join(scratch, 'empty')), 'bad-request'],
    ['a file', () => join(photos, 'label 0', '0.png'), 'bad-request'],
  ])('%s is refused, and nothing is written', async (_, folder, code) => {
    const target = join(scratch, 'refused')
    await expect(workbench.openFolder({ folder: folder(), project: target })).rejects.toMatchObject(
      { code },
    )
    expect(existsSync(target)).toBe(false)
    expect(heard).toEqual([])
  })

  test('folders and single files are added, labelled by their folder, and taken out again', async () => {
    const target = join(scratch, 'adding project')
    await openAndScan(photos, target)
    const more = join(scratch, 'more', 'tabby')
    await makeImages(more, { labels: 1, imagesPerLabel: 2 })
    const loose = join(scratch, 'loose ones')
    await makeImages(loose, { labels: 1, imagesPerLabel: 3 })
    const one = join(loose, 'label 0', '1.png')

    await scanned(() => workbench.addToProject({ paths: [more, one], label: null }))
    const { paths, labels, labelRows } = await workbench.images()
    const named = paths.map((path, i) => `${path} ${labelRows[labels[i] ?? -1]?.name}`)
    expect(named.slice(36)).toEqual([
      'label 0/0.png label 0',
      'label 0/1.png label 0',
      '1.png label 0',
    ])

    // What is in the project already is only labelled, which can be undone.
    await scanned(() =>
      workbench.addToProject({ paths: [one, join(photos, 'label 3')], label: 'new' }),
    )
    expect(await countOf('new')).toBe(7)
    expect((await workbench.journalState()).undo).toBe('Label 7 images as new')
    await workbench.undo()
    expect(await countOf('new')).toBe(0)

    const info = await scanned(() => workbench.removeSource({ folder: more }))
    expect(info).toMatchObject({ images: 37, sources: [photos, join(loose, 'label 0')] })
    await workbench.removeSource({ folder: join(loose, 'label 0') })
    await expect(workbench.removeSource({ folder: photos })).rejects.toMatchObject({
      code: 'bad-request',
    })
    await expect(
      workbench.addToProject({ paths: [join(scratch, 'nowhere')], label: null }),
    ).rejects.toMatchObject({ code: 'not-found' })
  })

  test('files of one folder come one after the other', async () => {
    const target = join(scratch, 'one by one project')
    await openAndScan(photos, target)
    const loose = join(scratch, 'one by one')
    await makeImages(loose, { labels: 1, imagesPerLabel: 3 })
    const at = (name: string) => join(loose, 'label 0', name)
    await scanned(() => workbench.addToProject({ paths: [at('0.png')], label: 'given' }))
    await scanned(() => workbench.addToProject({ paths: [at('2.png')], label: null }))
    expect((await workbench.images()).paths.slice(36)).toEqual(['0.png', '2.png'])
    expect(await countOf('given')).toBe(1)
  })

  test('what changes in a folder later is offered, and read only when it is asked for', async () => {
    const folder = join(scratch, 'watched')
    await makeImages(folder, { labels: 2, imagesPerLabel: 2 })
    await openAndScan(folder, join(scratch, 'watched project'))
    await makeImages(join(folder, 'more'), { labels: 1, imagesPerLabel: 3 })
    rmSync(join(folder, 'label 1', '1.png'))
    const offered = { added: 3, changed: 0, moved: 0, gone: 1 }
    await expect.poll(() => workbench.folderChanges(), { timeout: 8000 }).toEqual(offered)
    expect(heard.filter(([name]) => name === 'folderChanges').at(-1)?.[1]).toEqual(offered)
    expect((await workbench.images()).ids.length).toBe(4)

    expect(await scanned(() => workbench.rescan())).toMatchObject({ images: 6 })
    expect(await workbench.folderChanges()).toEqual({ added: 0, changed: 0, moved: 0, gone: 0 })
    await workbench.closeProject()
    expect(await workbench.folderChanges()).toBeNull()
  })

  test('a drive that is gone, or empty where it was, is no reason to forget its images', async () => {
    const drive = join(scratch, 'drive')
    const other = join(scratch, 'beside the drive')
    await makeImages(drive, { labels: 1, imagesPerLabel: 3 })
    await makeImages(other, { labels: 1, imagesPerLabel: 2 })
    await openAndScan(drive, join(scratch, 'drive project'))
    await scanned(() => workbench.addToProject({ paths: [other], label: null }))
    const failed = async () => {
      const before = heard.length
      await workbench.rescan()
      const isFailure = ([name, event]: WorkbenchMessage) =>
        name === 'scan' && event.kind === 'failed'
      await expect.poll(() => heard.slice(before).some(isFailure), { timeout: 8000 }).toBe(true)
      return heard.slice(before).find(isFailure)?.[1]
    }
    renameSync(drive, `${drive} elsewhere`)
    expect(await failed()).toMatchObject({
      message: expect.stringContaining('is not there') as string,
    })
    expect((await workbench.images()).ids.length).toBe(5)
    made(drive)
    expect(await failed()).toMatchObject({
      message: expect.stringContaining('No image is left') as string,
    })
    expect((await workbench.images()).ids.length).toBe(5)
    rmSync(drive, { recursive: true })
    renameSync(`${drive} elsewhere`, drive)
    expect(await scanned(() => workbench.rescan())).toMatchObject({ images: 5 })
  })

  test('a project inside its images is refused', async () => {
    const inside = join(photos, 'project')
    await expect(workbench.openFolder({ folder: photos, project: inside })).rejects.toMatchObject({
      code: 'bad-request',
    })
    expect(existsSync(inside)).toBe(false)
  })

  test('a scan can be cancelled, and what was read stays', async () => {
    const folder = join(scratch, 'many')
    await makeImages(folder, { labels: 10, imagesPerLabel: 20 })
    const ended = scanEnded()
    await workbench.openFolder({ folder, project: join(scratch, 'many project') })
    await workbench.cancelScan()
    const event = await ended
    expect(event.cancelled).toBe(true)
    expect(event.project.images).toBeLessThan(200)
    expect(await openAndScan(folder, join(scratch, 'many project'))).toMatchObject({ images: 200 })
    const reports = heard.filter(([name, event]) => name === 'scan' && event.kind === 'progress')
    expect(reports.length).toBeGreaterThan(0)
  })

  test('folders can be browsed', async () => {
    const listing = await workbench.browseFolder({ folder: photos })
    expect(listing).toMatchObject({ folder: photos, parent: scratch, images: 0 })
    expect(listing.folders).toHaveLength(6)
    expect(await workbench.browseFolder({ folder: join(photos, 'label 1') })).toMatchObject({
      images: 6,
    })
  })
})

describe('a run', () => {
  test('trains, is told step by step, and can be looked at afterwards', async () => {
    await openAndScan(photos, project)
    const run = await workbench.startRun(quick)
    await runEnded()
    const kinds = new Set(runEvents().map(({ kind }) => kind))
    for (const kind of ['started', 'baseline', 'steps', 'epoch', 'embedded', 'checkpoint', 'ended'])
      expect(kinds).toContain(kind)
    expect(runEvents().at(-1)).toMatchObject({ kind: 'ended', reason: 'done' })
    const [summary] = (await workbench.runs()).slice(-1)
    expect(summary).toMatchObject({ run, phase: 'done', epochsDone: 2 })
    expect(summary?.before?.queries).toBeGreaterThan(0)
    expect(await workbench.runEvents({ run })).toEqual(runEvents())

    const before = await workbench.sphere({ run, epoch: 0 })
    const after = await workbench.sphere({ run, epoch: 2 })
    expect(after?.ids).toEqual((await workbench.images()).ids)
    expect(after?.positions).toHaveLength(108)
    expect(after?.positions).not.toEqual(before?.positions)
    expect(await workbench.sphere({ run, epoch: 7 })).toBeNull()
    expect(heard.some(([name]) => name === 'sphere')).toBe(true)

    const image = after?.ids[0] ?? 0
    const neighbours = await workbench.neighbours({ run, epoch: 2, image, count: 5 })
    expect(neighbours.of).toBe(image)
    expect(neighbours.ids).toHaveLength(5)
    expect([...neighbours.ids]).not.toContain(image)
    expect([...neighbours.cosines]).toEqual([...neighbours.cosines].sort((a, b) => b - a))
  })

  test('is exported with files that can be fetched, and the same embedding', async () => {
    await openAndScan(photos, project)
    const [{ run } = { run: '' }] = await workbench.runs()
    const result = await workbench.exportRun({
      run,
      model: 'embedding',
      embeddings: true,
      folder: null,
    })
    expect(result.files.map(({ name }) => name)).toContain('embeddings.npy')
    expect(result.parity?.maxDifference).toBeLessThan(1e-4)
    const file = workbench.media(`export/${run}/embeddings.npy`)
    expect(statSync(file?.path ?? '').size).toBeGreaterThan(100)
    await expect(
      workbench.exportRun({ run, model: null, embeddings: true, folder: join(photos, 'out') }),
    ).rejects.toMatchObject({ code: 'bad-request' })
    expect(existsSync(join(photos, 'out'))).toBe(false)
  })

  test('is refused before anything is written', async () => {
    await openAndScan(photos, project)
    const before = readdirSync(join(project, 'runs'))
    const wrong: readonly RunRequest[] = [
      { ...quick, loss: { name: 'magic', params: {} } },
      { ...quick, loss: { name: 'supcon', params: { temperature: 0 } } },
      { ...quick, settings: { ...quick.settings, epochs: 0 } },
      { ...quick, settings: { tempo: 3 } },
      { ...quick, settings: { ...quick.settings, batchSize: 19 } },
    ]
    for (const request of wrong)
      await expect(workbench.startRun(request)).rejects.toMatchObject({ code: 'bad-request' })
    await expect(workbench.continueRun({ run: '2000-01-01-1' })).rejects.toMatchObject({
      code: 'not-found',
    })
    expect(readdirSync(join(project, 'runs'))).toEqual(before)
    expect(runEvents()).toEqual([])
  })

  test('pauses, goes on and stops; only one goes on at a time', async () => {
    await openAndScan(photos, project)
    const run = await workbench.startRun(endless)
    await heardRun('epoch')
    await expect(workbench.startRun(quick)).rejects.toMatchObject({ code: 'busy' })
    await expect(openAndScan(photos, join(scratch, 'other'))).rejects.toMatchObject({
      code: 'busy',
    })
    expect((await workbench.hello()).activeRun).toBe(run)
    await workbench.commandRun({ run, command: 'pause' })
    await heardRun('paused')
    const count = runEvents().length
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(runEvents().length).toBeLessThan(count + 3)
    await workbench.commandRun({ run, command: 'resume' })
    await heardRun('resumed')
    await workbench.commandRun({ run, command: 'stop' })
    expect(await runEnded()).toMatchObject({ reason: 'stopped' })
    expect((await workbench.hello()).activeRun).toBeNull()
    await expect(workbench.commandRun({ run, command: 'stop' })).rejects.toMatchObject({
      code: 'bad-request',
    })
    rmSync(join(project, 'runs', run), { recursive: true })
  })

  test('whose process is killed is interrupted; the project lives on and the run goes on', async () => {
    await openAndScan(photos, project)
    const run = await workbench.startRun({
      ...quick,
      settings: { ...quick.settings, epochs: 400 },
    })
    await expect
      .poll(() => runEvents().some((event) => event.kind === 'checkpoint' && event.epoch > 0), {
        timeout: 30_000,
        interval: 10,
      })
      .toBe(true)
    process.kill(workbench.pids.training ?? 0, 'SIGKILL')
    expect(await runEnded()).toMatchObject({ reason: 'interrupted', nextEngine: 'wasm' })
    const stored = await workbench.runEvents({ run })
    expect(stored.at(-1)).toMatchObject({ kind: 'ended', reason: 'interrupted' })
    expect((await workbench.images()).labels).toHaveLength(36)

    heard.length = 0
    await workbench.continueRun({ run, engine: 'wasm' })
    const started = await heardRun('started')
    expect(started.kind === 'started' && started.fromEpoch).toBeGreaterThan(0)
    expect(started).toMatchObject({ config: { engine: 'wasm' } })
    await workbench.commandRun({ run, command: 'stop' })
    expect(await runEnded()).toMatchObject({ reason: 'stopped' })

    heard.length = 0
    await workbench.continueRun({ run })
    expect(await heardRun('started')).toMatchObject({ config: { engine: 'wasm' } })
    await workbench.commandRun({ run, command: 'stop' })
    await runEnded()
  })

  test('that a killed program left behind is marked when the project is opened', async () => {
    await openAndScan(photos, project)
    const run = await workbench.startRun(quick)
    await runEnded()
    await workbench.closeProject()
    const log = join(project, 'runs', run, 'events.jsonl')
    const lines = readFileSync(log, 'utf8').trimEnd().split('\n')
    writeFileSync(log, `${lines.slice(0, -1).join('\n')}\n{"run":"${run}","kind":"st`)
    await openAndScan(photos, project)
    const summary = (await workbench.runs()).find((each) => each.run === run)
    expect(summary?.phase).toBe('interrupted')
  })

  test('that is going on when the workbench ends is stopped, and can be continued', async () => {
    await openAndScan(photos, project)
    const run = await workbench.startRun(endless)
    await heardRun('epoch')
    await workbench.dispose()
    expect(runEvents().at(-1)).toMatchObject({ run, kind: 'ended', reason: 'stopped' })
    expect(workbench.pids).toEqual({ library: null, training: null })
  })
})

test('the process that reads images can be killed, and comes back', async () => {
  await openAndScan(photos, project)
  process.kill(workbench.pids.library ?? 0, 'SIGKILL')
  await expect.poll(() => workbench.pids.library).toBeNull()
  expect(await openAndScan(photos, project)).toMatchObject({ images: 36 })
})

test('without a project there is nothing to ask for', async () => {
  for (const call of [() => workbench.images(), () => workbench.runs()])
    await expect(call()).rejects.toMatchObject({ code: 'not-found' })
  expect(workbench.media('image/1')).toBeNull()
  await expect(workbench.startRun(quick)).rejects.toMatchObject({ code: 'not-found' })
})

function openWorkbench(): Workbench {
  return new Workbench({
    host: 'web',
    version: '0.0.0',
    home: join(scratch, 'home'),
    sampleFolder: photos,
    startCompute: computeStarter((line) => process.stderr.write(`compute: ${line}\n`)),
    now: () => new Date(),
  })
}

function openAndScan(folder: string, into?: string): Promise<ProjectInfo> {
  return scanned(() => workbench.openFolder({ folder, ...(into ? { project: into } : {}) }))
}

/** The project when what was asked for has been read. */
async function scanned(ask: () => Promise<ProjectInfo>): Promise<ProjectInfo> {
  const ended = scanEnded()
  ended.catch(() => undefined)
  await ask()
  return (await ended).project
}

/** Images with a label. */
async function countOf(label: string): Promise<number> {
  const { labels, labelRows } = await workbench.images()
  return labels.filter((index) => labelRows[index]?.name === label).length
}

function scanEnded(): Promise<Extract<ScanEvent, { kind: 'ended' }>> {
  return new Promise((resolve, reject) => {
    const stop = workbench.listen((name, event) => {
      if (name !== 'scan' || event.kind === 'progress') return
      stop()
      if (event.kind === 'ended') resolve(event)
      else reject(new Error(event.message))
    })
  })
}

function runEvents(): readonly RunEvent[] {
  return heard.flatMap(([name, event]) => (name === 'run' ? [event] : []))
}

async function heardRun(kind: RunEvent['kind']): Promise<RunEvent> {
  await expect
    .poll(() => runEvents().some((event) => event.kind === kind), { timeout: 30_000, interval: 10 })
    .toBe(true)
  return runEvents().find((event) => event.kind === kind) as RunEvent
}

async function runEnded(): Promise<RunEvent> {
  return heardRun('ended')
}

function contentsOf(folder: string): unknown {
  return readdirSync(folder, { recursive: true })
    .map(String)
    .sort()
    .map((name) => [name, statSync(join(folder, name)).mtimeMs])
}

function made(folder: string): string {
  mkdirSync(folder, { recursive: true })
  return folder
}
