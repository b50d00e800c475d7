import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RunReport } from '../../../src-main/hosts/cli/runReport.ts'
import { makeImages } from './madeImages.ts'

const entry = fileURLToPath(new URL('../../../src-main/hosts/cli/main.ts', import.meta.url))
const scratch = mkdtempSync(join(tmpdir(), 'antipode-cli-'))
const photos = join(scratch, 'photos')
const oneLabel = join(scratch, 'one label')
const few = join(scratch, 'few')
const empty = join(scratch, 'empty')
const broken = join(scratch, 'broken')
const views = ['--regime', 'contrastive']
const tripletMiner = ['--miner', 'triplet-margin']
const lateMemory = ['--memory-size', '64', '--memory-warmup', '9', '--epochs', '9']
const quick = ['--image-size', '16', '--depth', '2', '--width', '8', '--batch-size', '16']

let taken: Server
let takenPort = ''

beforeAll(async () => {
  await makeImages(photos, { labels: 6, imagesPerLabel: 6 })
  await makeImages(oneLabel, { labels: 1, imagesPerLabel: 8 })
  await makeImages(few, { labels: 2, imagesPerLabel: 1 })
  mkdirSync(empty)
  mkdirSync(broken)
  writeFileSync(join(broken, 'torn.png'), 'not a picture')
  taken = createServer()
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', () => resolve()))
  takenPort = String((taken.address() as AddressInfo).port)
})

afterAll(() => {
  taken.close()
  rmSync(scratch, { recursive: true, force: true })
})

describe('input that cannot be worked with ends with 2 and one clear sentence', () => {
  const missing = join(scratch, 'nowhere')
  const cases: readonly (readonly [title: string, args: readonly string[], says: RegExp])[] = [
    ['no command', [], /antipode train <folder>/],
    [
      'an unknown command',
      ['fly'],
      /no command fly; there are train, resume, suspects, review, losses, doctor and serve/,
    ],
    ['no folder', ['train'], /Name a folder of images/],
    ['a folder that is not there', ['train', missing], /There is no folder .*nowhere/],
    ['a file', ['train', join(broken, 'torn.png')], /is a file, not a folder/],
    ['an empty folder', ['train', empty], /There is no image in .*empty/],
    ['two folders', ['train', photos, few], /One folder at a time/],
    ['an unknown flag', ['train', photos, '--tempo', '1'], /Unknown option '--tempo'/],
    ['an unknown loss', ['train', photos, '--loss', 'magic'], /magic.*nt-xent, supcon, triplet/],
    ['a loss of no such knob', ['train', photos, '--loss', 'supcon', '--margin', '1'], /margin/],
    ['temperature 0', ['train', photos, '--temperature', '0'], /temperature is 0.*greater than 0/],
    ['a negative temperature', ['train', photos, '--temperature', '-1'], /temperature is -1/],
    ['a temperature in words', ['train', photos, '--temperature', 'hot'], /--temperature is "hot"/],
    ['no epochs', ['train', photos, '--epochs', '0'], /epochs is 0/],
    ['half an epoch', ['train', photos, '--epochs', '1.5'], /epochs is 1.5.*whole/],
    ['an unknown regime', ['train', photos, '--regime', 'vibes'], /contrastive, metric and mixed/],
    ['an unknown miner', ['train', photos, '--miner', 'mole'], /no miner mole.*batch-hard/],
    ['a knob of no miner', ['train', photos, '--miner-margin', '1'], /needs a miner/],
    ['a miner’s margin', ['train', photos, ...tripletMiner, '--miner-margin', '9'], /margin is 9/],
    ['a sum without weights', ['train', photos, '--plus', 'triplet'], /losses and weights/],
    ['a weight of 0', ['train', photos, '--plus', 'triplet=0'], /weight of the loss triplet is 0/],
    ['SupCon of views', ['train', photos, ...views, '--loss', 'supcon'], /equals NT-Xent/],
    ['a sampler by label', ['train', photos, ...views, '--sampler', 'labels'], /go by labels/],
    ['a vast memory', ['train', photos, '--memory-size', '99999999'], /memorySize is 99999999/],
    ['a late memory', ['train', photos, ...lateMemory], /the memory never begins/],
    [
      'a model of no file',
      ['train', photos, '--model-file', missing],
      /There is no model: .*nowhere/,
    ],
    ['a backbone of no model', ['train', photos, '--backbone', 'imported'], /none is named/],
    ['a folder of no model', ['train', photos, '--model-file', photos], /no model: .*model\.json/],
    ['an unknown engine', ['train', photos, '--engine', 'abacus'], /native, wasm/],
    ['an unknown split', ['train', photos, '--split', 'ajar'], /split is ajar.*open, closed/],
    [
      'a project among its images',
      ['train', photos, '--project', join(photos, 'p')],
      /lies inside/,
    ],
    ['a loss that there is not', ['losses', 'magic'], /no loss magic; there are nt-xent, supcon/],
    ['two losses at once', ['losses', 'circle', 'nca'], /Name one loss/],
    ['a port in use', ['serve', '--no-open', '--port', takenPort], /./],
    ['a port that is none', ['serve', '--no-open', '--port', '70000'], /--port is 70000|not built/],
  ]

  test.each(cases)('%s', async (_, args, says) => {
    const result = await run(args)
    expect(result.stderr + result.stdout).toMatch(says)
    if (!/not built/.test(result.stderr)) expect(result.code).toBe(2)
    expect(result.stderr).not.toMatch(/\n\s+at /)
  })

  test('nothing was left behind by any of them', () => {
    expect(existsSync(join(photos, 'p'))).toBe(false)
    expect(existsSync(join(scratch, 'home', 'Antipode'))).toBe(false)
  })

  test('one label only, in metric', async () => {
    const result = await run([
      'train',
      oneLabel,
      '--regime',
      'metric',
      '--project',
      join(scratch, 'a'),
    ])
    expect(result.stderr).toMatch(/at least two labels/)
    expect(result.code).toBe(2)
    expect(existsSync(join(scratch, 'a', 'runs'))).toBe(false)
  })

  test('too few images', async () => {
    const project = join(scratch, 'b')
    const result = await run(['train', few, '--regime', 'contrastive', '--project', project])
    expect(result.stderr).toMatch(/at least 4 images/)
    expect(result.code).toBe(2)
  })

  test('fewer images than a batch that was asked for', async () => {
    const project = join(scratch, 'd')
    const args = ['train', photos, '--regime', 'contrastive', '--project', project]
    const result = await run([...args, '--batch-size', '64'])
    expect(result.stderr).toMatch(/A batch of 64 images .* only \d+ images .* or fewer/)
    expect(result.code).toBe(2)
    expect(existsSync(join(project, 'runs'))).toBe(false)
  })

  test('a folder in which nothing can be read says why', async () => {
    const result = await run(['train', broken, '--project', join(scratch, 'c')])
    expect(result.stderr).toMatch(/skipped torn\.png: .+\.\n/)
    expect(result.stderr).toMatch(/None of the 1 files/)
    expect(result.code).toBe(2)
  })
})

describe('train --json', () => {
  const project = join(scratch, 'project')

  test('prints one JSON object, and progress only to stderr', async () => {
    writeFileSync(join(photos, 'label 0', 'torn.png'), 'not a picture')
    const before = readdirSync(photos, { recursive: true }).sort()
    const args = ['train', photos, '--project', project, '--epochs', '2', ...quick, '--json']
    const result = await run(args)
    expect(result.stderr).toMatch(/regime: metric/)
    expect(result.code).toBe(0)
    const report = JSON.parse(result.stdout) as RunReport
    expect(report).toMatchObject({ project, images: 36, labels: 6, skipped: 1, epochs: 2 })
    expect(Object.keys(report).sort()).toEqual(
      [
        ...['after', 'baselines', 'before', 'engine', 'epochs', 'images', 'imagesPerSecond'],
        ...['labels', 'project', 'run', 'seconds', 'skipped'],
      ].sort(),
    )
    for (const score of [report.before, report.after, report.baselines.pixels]) {
      expect(Object.keys(score ?? {})).toEqual(['recallAt1', 'mapAtR'])
      expect(score?.recallAt1).toBeGreaterThanOrEqual(0)
    }
    expect(readdirSync(photos, { recursive: true }).sort()).toEqual(before)
    expect(readdirSync(join(project, 'runs'))).toEqual([report.run])
  })

  test('a project of a newer version is refused', async () => {
    const newer = join(scratch, 'newer')
    mkdirSync(newer)
    const database = new DatabaseSync(join(newer, 'project.db'))
    database.exec('PRAGMA user_version = 999')
    database.close()
    const result = await run(['train', photos, '--project', newer, '--epochs', '1', ...quick])
    expect(result.stderr).toMatch(/newer/)
    expect(result.code).toBe(2)
  })

  test('a second process on the project is refused, and Ctrl-C stops the first one cleanly', async () => {
    const args = ['train', photos, '--project', project, '--epochs', '5000', ...quick]
    const first = start(args)
    await first.says(/epoch 1\/5000/)
    const second = await run(args)
    expect(second.stderr).toMatch(/another|in use|open/i)
    expect(second.code).toBe(2)
    first.child.kill('SIGINT')
    const result = await first.ended
    expect(result.stderr).toMatch(/stopped/)
    expect(result.code).toBe(130)
  })
})

describe('resume', () => {
  const project = join(scratch, 'resumed')
  // Not measured first: the machine may be busy.
  const native = [...quick, '--engine', 'native']

  test('goes on where Ctrl-C stopped a run, also with its images gone, and does no epoch twice', async () => {
    const copy = join(scratch, 'photos that go')
    await makeImages(copy, { labels: 6, imagesPerLabel: 6 })
    const first = start(['train', copy, '--project', project, '--epochs', '40', ...native])
    await first.says(/epoch 1\/40/)
    first.child.kill('SIGINT')
    expect((await first.ended).code).toBe(130)
    const [name = ''] = readdirSync(join(project, 'runs'))
    rmSync(join(copy, 'label 0'), { recursive: true })

    const result = await run(['resume', 'last', '--project', project, '--json'])
    expect(result.stderr).not.toMatch(/epoch 1\/40/)
    expect(result.stderr).toMatch(/epoch 40\/40/)
    expect(result.code).toBe(0)
    expect(JSON.parse(result.stdout)).toMatchObject({ run: name, project, epochs: 40 })

    const again = await run(['resume', join(project, 'runs', name)])
    expect(again.stderr).toMatch(/has done all its epochs\. Start another one/)
    expect(again.code).toBe(2)
  }, 120_000)

  test('says which runs there are, and what it wants', async () => {
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [['resume'], /Name one run: antipode resume RUN/],
      [['resume', 'yesterday'], /is not the folder of a run/],
      [['resume', '2020-01-01-1', '--project', project], /no run 2020-01-01-1 in .*; there are/],
      [
        ['resume', 'last', '--project', project, '--engine', 'abacus'],
        /no engine abacus; .*native/,
      ],
    ]
    for (const [args, says] of cases) {
      const result = await run(args)
      expect(result.stderr).toMatch(says)
      expect(result.code).toBe(2)
    }
  })
})

test('doctor --json names every rung', async () => {
  const result = await run(['doctor', '--json'])
  const facts = JSON.parse(result.stdout) as {
    engines: { kind: string; available: boolean; imagesPerSecond: number | null }[]
    chosen: string
    why: string
  }
  expect(facts.engines.map(({ kind }) => kind)).toEqual(['cuda', 'webgpu', 'native', 'wasm'])
  for (const { available, imagesPerSecond } of facts.engines)
    expect((imagesPerSecond ?? 0) > 0).toBe(available)
  expect(facts.why).toMatch(/^(\w+ [\d.]+( img\/s)?, )+.*: \w+$/)
  expect(result.code).toBe(facts.chosen ? 0 : 1)
})

test('--help knows every flag, --version the version', async () => {
  const { stdout } = await run(['--help'])
  for (const flag of ['--image-size PX', '--temperature X', '--margin X', '--split NAME'])
    expect(stdout).toContain(flag)
  expect((await run(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
})

interface Result {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

function run(args: readonly string[]): Promise<Result> {
  return start(args).ended
}

function start(args: readonly string[]) {
  const child = spawn(process.execPath, [entry, ...args], {
    env: { ...process.env, ANTIPODE_HOME: join(scratch, 'home'), INIT_CWD: scratch },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()))
  const ended = new Promise<Result>((resolve) => {
    child.on('close', (code) => resolve({ code, ...output }))
  })
  return {
    child,
    ended,
    says: (pattern: RegExp) =>
      expect.poll(() => output.stderr, { timeout: 30_000 }).toMatch(pattern),
  }
}
