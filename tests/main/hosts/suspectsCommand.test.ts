import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SuspectQuality } from '../../../src-main/contract/suspects.ts'
import { auditOfRun } from '../../../src-main/hosts/compute/auditOfRun.ts'
import { labelErrorsOfRun } from '../../../src-main/hosts/compute/labelErrorsOfRun.ts'
import { LaboratoryOfRun } from '../../../src-main/hosts/compute/laboratoryOfRun.ts'
import { VerdictEffects } from '../../../src-main/hosts/compute/VerdictEffects.ts'
import { makeImages } from './madeImages.ts'

const entry = fileURLToPath(new URL('../../../src-main/hosts/cli/main.ts', import.meta.url))
const scratch = mkdtempSync(join(tmpdir(), 'antipode-suspects-'))
const photos = join(scratch, 'photos')
const project = join(scratch, 'project')
let runFolder = ''

beforeAll(async () => {
  await makeImages(photos, { labels: 4, imagesPerLabel: 10 })
  cpSync(join(photos, 'label 0', '0.png'), join(photos, 'label 1', 'copy.png'))
  const small = ['--image-size', '16', '--depth', '2', '--width', '8', '--batch-size', '16']
  const policy = ['--suspects', 'show', '--suspect-start', '1']
  const args = ['--project', project, '--regime', 'contrastive', '--epochs', '3', '--holdout', '0']
  const trained = await run(['train', photos, ...args, ...small, ...policy])
  expect(trained.stderr).toMatch(/suspects: .* % of the negatives are marked/)
  expect(trained.code).toBe(0)
  runFolder = join(project, 'runs', readdirSync(join(project, 'runs'))[0]!)
}, 120_000)

afterAll(() => rmSync(scratch, { recursive: true, force: true }))

interface Listed {
  readonly images: number
  readonly epoch: number
  readonly pairs: number
  readonly suspects: readonly {
    readonly first: { readonly path: string; readonly label: string }
    readonly second: { readonly label: string }
    readonly score: number
    readonly cosine: number
    readonly sharedNeighbours: number
    readonly pushShare: number
  }[]
  readonly assumptions: readonly string[]
}

describe('suspects', () => {
  test('lists pairs of a run by its folder, as one JSON object', async () => {
    const { stdout, code } = await run(['suspects', runFolder, '--top', '12', '--json'])
    expect(code).toBe(0)
    const list = JSON.parse(stdout) as Listed
    expect(list).toMatchObject({ images: 41, epoch: 3, pairs: (41 * 40) / 2 - 1 })
    expect(list.suspects).toHaveLength(12)
    expect(list.suspects[0]!.first.path).toMatch(/\.png$/)
    expect(list.suspects[0]!.cosine).toBeGreaterThan(0.5)
    expect(list.suspects.every(({ pushShare }) => pushShare > 0 && pushShare < 0.1)).toBe(true)
    expect(list.assumptions.join(' ')).toMatch(/without augmentation.*features and embedding/)
  })

  test('by name beside its project, or that of its images, for people to read', async () => {
    const byProject = await run(['suspects', 'last', '--project', project, '--top', '3'])
    expect(byProject.stdout).toMatch(/3 of 819 pairs, by random-walk/)
    expect(byProject.stdout).toMatch(/cosine \S+ {2}shared \d+ of \d+ {2}ranks /)
    expect(byProject.code).toBe(0)
    const earlier = await run(['suspects', runFolder, '--epoch', '0', '--method', 'cosine'])
    expect(earlier.stdout).toMatch(/epoch 0/)
    expect(earlier.stdout).toMatch(/embedding alone, since the features of epoch 0 were not kept/)
  })

  test('measures every method against labels, with its baselines', async () => {
    const { stdout, code } = await run(['suspects', runFolder, '--evaluate', '--json'])
    expect(code).toBe(0)
    const quality = JSON.parse(stdout) as SuspectQuality
    expect(quality).toMatchObject({ images: 41, pairs: 819 })
    expect(quality.baseRate).toBeGreaterThan(0.2)
    expect(quality.methods).toHaveLength(10)
    for (const { averagePrecision: ap, labels, atShare } of quality.methods) {
      expect(ap.low).toBeLessThanOrEqual(ap.value)
      expect(ap.high).toBeGreaterThanOrEqual(ap.value)
      expect(labels.map(({ label }) => label)).toEqual(['label 0', 'label 1', 'label 2', 'label 3'])
      expect(atShare.share).toBe(0.05)
    }
    const of = (name: string) => quality.methods.find(({ method }) => method === name)!
    expect(of('pixels').averagePrecision.value).toBeGreaterThan(of('random').averagePrecision.value)
    expect(quality.assumptions.join(' ')).toMatch(
      /Training never saw a label.*drawing the images again/,
    )
    const text = await run(['suspects', runFolder, '--evaluate', '--method', 'jaccard'])
    expect(text.stdout).toMatch(
      /base rate .*\n[^]*jaccard +AP .* lift .*\n[^]*one-view.*\n[^]*pixels/,
    )
    expect(text.stdout).toMatch(/recall of each label/)
  })

  test('needs two labels to be measured, and says what there is', async () => {
    const bare = join(scratch, 'bare')
    cpSync(runFolder, join(bare, 'runs', '2026-11-24-9'), { recursive: true })
    const file = join(bare, 'runs', '2026-11-24-9', 'images.json')
    const images = JSON.parse(readFileSync(file, 'utf8')) as { labels: number[]; hashes: string[] }
    for (const [labels, says] of [
      [images.labels.map(() => -1), /none of its images has one/],
      [images.labels.map(() => 0), /have the same one/],
      [images.labels.map((_, i) => (i < 4 ? i : -1)), /each has one/],
    ] as const) {
      writeFileSync(file, JSON.stringify({ ...images, labels }))
      const { stderr, code } = await run([
        'suspects',
        join(bare, 'runs', '2026-11-24-9'),
        '--evaluate',
      ])
      expect(stderr).toMatch(says)
      expect(code).toBe(2)
    }
    // All with the same bytes: nothing is a negative, nothing is suspected, and nothing can be asked.
    const hashes = images.labels.map(() => images.hashes[0] ?? '')
    writeFileSync(file, JSON.stringify({ ...images, hashes }))
    const folder = join(bare, 'runs', '2026-11-24-9')
    const alike = await run(['suspects', folder])
    expect(alike.stdout).toMatch(/0 of 0 pairs[^]*none of the 41 images is a negative of another/)
    expect(alike.code).toBe(0)
    const unmeasured = await run(['suspects', folder, '--evaluate'])
    expect(unmeasured.stderr).toMatch(/needs different images.*the same bytes/)
    expect(unmeasured.code).toBe(2)
    const place = { run: 'bare', runFolder: folder, pixelsFolder: join(project, 'pixels') }
    const ask = { epoch: null, groupSize: 'medium', share: 0.1, questions: 50, seed: 1 } as const
    await expect(auditOfRun(place, ask)).rejects.toThrow(
      /nothing to ask about: all its images have/,
    )
    const none = { epoch: null, first: 1, second: 2, similar: Int32Array.of(3, 4), verdicts: [] }
    expect((await new VerdictEffects().of(place, none)).similar).toEqual({
      pairs: 0,
      ofScope: 0,
      ofAll: 0,
    })

    rmSync(join(bare, 'runs', '2026-11-24-9', 'embeddings'), { recursive: true })
    const without = await run(['suspects', join(bare, 'runs', '2026-11-24-9')])
    expect(without.stderr).toMatch(/has no embedding yet. Wait until its first epoch is done/)
    expect(without.code).toBe(2)
  })

  test.each([
    [['suspects'], /Name one run/],
    [['suspects', 'x', 'y'], /Name one run/],
    [['suspects', 'nowhere'], /not the folder of a run.*--project/],
    [['suspects', 'nowhere', '--project', project], /There is no run nowhere .*there are \d{4}/],
    [['suspects', 'last', '--project', scratch], /There is no project in/],
    [['suspects', 'last', '--project', project, '--method', 'magic'], /must be one of random-walk/],
    [['suspects', 'last', '--project', project, '--top', '0'], /--top is 0.*at least 1/],
    [
      ['suspects', 'last', '--project', project, '--epoch', '77'],
      /no embedding of epoch 77.*0 to 3/,
    ],
    [['suspects', 'last', '--project', project, '--share', '0.9'], /--share is 0.9.*at most 0.5/],
    [
      ['suspects', 'last', '--project', project, '--epoch', '1', '--method', 'fnc'],
      /only be made with the last checkpoint.*epoch 3/,
    ],
  ])('refuses %j and says what to do', async (args, says) => {
    const { stderr, code } = await run(args)
    expect(stderr).toMatch(says)
    expect(code).toBe(2)
    expect(stderr).not.toMatch(/\n\s+at /)
  })
})

describe('what the window asks of a run', () => {
  const place = () => ({ run: 'made', runFolder, pixelsFolder: join(project, 'pixels') })

  test('whose push lands where: for one image ranked, for a label and for all in the mean', async () => {
    const laboratory = new LaboratoryOfRun()
    const ask = { epoch: 3, share: 0.1, top: 5 } as const
    const softmax = (temperature: number) => ({ kind: 'softmax', temperature }) as const
    const image = { kind: 'image', image: 7 } as const
    const one = await laboratory.report(place(), {
      ...ask,
      anchors: image,
      weighting: softmax(0.1),
    })
    expect(one).toMatchObject({ anchors: 1, negatives: 40, positiveCosine: 1 })
    expect(one.ranked).toHaveLength(5)
    const shares = one.ranked.map(({ share }) => share)
    expect(shares).toEqual([...shares].sort((a, b) => b - a))
    expect(one.ranked.every(({ hasSameLabel }) => hasSameLabel !== null)).toBe(true)
    const flat = await laboratory.report(place(), {
      ...ask,
      anchors: image,
      weighting: softmax(10),
    })
    expect(flat.push.effectiveNegatives).toBeGreaterThan(39)
    expect(flat.push.effectiveNegatives).toBeGreaterThan(one.push.effectiveNegatives)

    const label = { kind: 'label', label: 2 } as const
    const ofLabel = await laboratory.report(place(), {
      ...ask,
      anchors: label,
      weighting: softmax(0.1),
    })
    expect(ofLabel).toMatchObject({ anchors: 10, ranked: [] })
    const all = await laboratory.report(place(), {
      ...ask,
      anchors: { kind: 'all' },
      weighting: { kind: 'margin', margin: 0.5 },
    })
    expect(all.anchors).toBe(41)
    expect(all.push.onSuspects).toBeGreaterThan(0)
    const curve = await laboratory.curve(place(), { ...ask, anchors: { kind: 'all' } })
    expect(curve.points).toHaveLength(21)
    expect(curve.tolerance).not.toBeNull()

    const gone = { ...ask, anchors: { kind: 'image', image: 999 }, weighting: softmax(1) } as const
    await expect(laboratory.report(place(), gone)).rejects.toThrow(/Image 999 is not part/)
    const none = { ...ask, anchors: { kind: 'label', label: 9 }, weighting: softmax(1) } as const
    await expect(laboratory.report(place(), none)).rejects.toThrow(/has the label 9/)
  })

  test('what calling a pair the same takes away from the push', async () => {
    const effects = new VerdictEffects()
    const ask = { epoch: 3, similar: new Int32Array(0), verdicts: [] }
    const one = await effects.of(place(), { ...ask, first: 1, second: 2 })
    expect(one).toMatchObject({
      temperature: 0.1,
      scope: { kind: 'labels', names: ['label 0'], images: 10 },
      similar: null,
      verdicts: { pairs: 0, ofAll: 0 },
    })
    expect(one.pair.pairs).toBe(1)
    // One of 45 pairs of the label, and of 819 of all.
    expect(one.pair.ofScope).toBeGreaterThan(1 / 450)
    expect(one.pair.ofScope).toBeLessThan(10 / 45)
    expect(one.pair.ofAll).toBeLessThan(one.pair.ofScope)

    const similar = Int32Array.of(3, 4, 5, 6)
    const verdicts = [{ a: 2, b: 3, verdict: 'same' }] as const
    const more = await effects.of(place(), { ...ask, first: 1, second: 2, similar, verdicts })
    expect(more.verdicts.pairs).toBe(1)
    // 1 joins 2 and 3; then 4, and 5 with 6.
    expect(more.pair.pairs).toBe(2)
    expect(more.similar?.pairs).toBe(2 + 3 + 1)
    expect(more.similar!.ofScope).toBeGreaterThan(more.pair.ofScope)
    const whole = Int32Array.from(Array.from({ length: 9 }, (_, i) => [1, i + 2]).flat())
    const all = await effects.of(place(), { ...ask, first: 1, second: 2, similar: whole })
    expect(all.similar).toMatchObject({ pairs: 45 })
    expect(all.similar!.ofScope).toBeCloseTo(1, 9)

    const between = await effects.of(place(), { ...ask, first: 1, second: 25 })
    expect(between.scope).toMatchObject({ names: ['label 0', 'label 2'] })
    await expect(effects.of(place(), { ...ask, first: 1, second: 999 })).rejects.toThrow(
      /has no image 999/,
    )
  })

  test('which labels are doubtful', async () => {
    const report = await labelErrorsOfRun(place(), { epoch: null, top: 4 })
    expect(report).toMatchObject({ images: 41, epoch: 3 })
    expect(report.doubts).toHaveLength(4)
    expect(report.assumptions.join(' ')).toMatch(/never saw a label/)
  })

  test('pairs to judge where there are no labels, the same again for the same seed', async () => {
    const request = {
      epoch: null,
      groupSize: 'medium',
      share: 0.1,
      questions: 50,
      seed: 4,
    } as const
    const drawn = await auditOfRun(place(), request)
    expect(drawn.strata.map(({ first }) => first.length)).toEqual([15, 15, 10, 10])
    expect(drawn.strata.reduce((sum, { pairs }) => sum + pairs, 0)).toBe(819)
    for (const { first, second } of drawn.strata)
      expect(Math.min(...first, ...second)).toBeGreaterThanOrEqual(1)
    expect(await auditOfRun(place(), request)).toEqual(drawn)
  })
})

describe('review', () => {
  const file = join(scratch, 'verdicts.csv')

  test('takes verdicts in, reports what contradicts them by line, and gives them out again', async () => {
    writeFileSync(
      file,
      'verdict,first,second\n' +
        'same,label 0/0.png,label 0/1.png\n' +
        'same,label 0/1.png,label 0/2.png\n' +
        'different,label 0/2.png,label 0/0.png\n' +
        'different,label 0/0.png,label 3/0.png\n' +
        'same,label 0/0.png,gone.png\n',
    )
    const checked = await run(['review', 'import', file, '--project', project, '--check'])
    expect(checked.stderr).toMatch(/5 lines: 3 would be taken in, 0 known already, 2 reported/)
    expect(checked.code).toBe(2)
    const before = await run(['review', 'export', '--project', project])
    expect(before.stderr).toBe('0 verdicts\n')

    const first = await run(['review', 'import', file, '--project', project])
    expect(first.stderr).toMatch(
      /line 4 says different, but a chain .*: line 2, line 3; it is left/,
    )
    expect(first.stderr).toMatch(/line 6 names “gone.png”/)
    expect(first.stderr).toMatch(/5 lines: 3 taken in, 0 known already, 2 reported/)
    expect(first.code).toBe(2)

    const out = join(scratch, 'out.csv')
    const exported = await run(['review', 'export', '--project', project, '--out', out])
    expect(exported.stderr).toBe('3 verdicts\n')
    const listed = await run(['suspects', 'last', '--project', project, '--top', '1'])
    expect(listed.stdout).toContain(`Images of ${photos}\n`)
    const toStdout = await run(['review', 'export', '--project', project])
    expect(toStdout.stdout).toBe(readFileSync(out, 'utf8'))
    const again = await run(['review', 'import', out, '--project', project])
    expect(again.stderr).toMatch(/3 lines: 0 taken in, 3 known already, 0 reported/)
    expect(again.code).toBe(0)
  })

  test.each([
    [['review'], /Say what to do/],
    [['review', 'import'], /Say what to do/],
    [['review', 'export'], /Name the project/],
    [['review', 'import', join(scratch, 'no.csv'), '--project', project], /cannot be read/],
    [
      ['review', 'import', join(photos, 'label 0', '0.png'), '--project', project],
      /no CSV|first line/,
    ],
  ])('refuses %j and says what to do', async (args, says) => {
    const { stderr, code } = await run(args)
    expect(stderr).toMatch(says)
    expect(code).toBe(2)
  })
})

interface Result {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

function run(args: readonly string[]): Promise<Result> {
  const child = spawn(process.execPath, [entry, ...args], {
    env: { ...process.env, ANTIPODE_HOME: join(scratch, 'home'), INIT_CWD: scratch },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()))
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ code, ...output }))
  })
}
