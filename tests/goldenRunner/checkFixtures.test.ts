import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { cpuRung } from '../../src-main/numeric/engines/cpu.ts'
import { tempFolder } from '../main/data/tempFolder.ts'
import { checkFixture } from './checkFixtures.ts'
import type { Outcome } from './checkFixtures.ts'
import { NoFixtures, readFixtures } from './fixtures.ts'

const golden = new URL('../golden/', import.meta.url)

/** Outcomes of a folder that fail. */
async function failures(folder: string): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  for (const fixture of readFixtures(folder))
    for await (const outcome of checkFixture(fixture)) outcomes.push(outcome)
  return outcomes.filter(({ findings, reason }) => findings.length > 0 || reason !== undefined)
}

type Json = Record<string, unknown>

/** A copy of one fixture whose first case was changed, alone in a folder. */
function changed(name: string, change: (first: never) => void): string {
  const folder = tempFolder()
  const fixture = JSON.parse(readFileSync(new URL(`${name}.json`, golden), 'utf8')) as {
    cases: Json[]
  }
  const cases = fixture.cases.filter((one) => !('datasets' in one)).slice(0, 1)
  change(cases[0] as never)
  const data = fixture.cases.filter((one) => 'datasets' in one)
  writeFileSync(
    join(folder, `${name}.json`),
    JSON.stringify({ ...fixture, cases: [...data, ...cases] }),
  )
  return folder
}

describe('checkFixture', () => {
  beforeAll(async () => void (await cpuRung.open()))

  it.each<[string, string, (first: never) => void]>([
    [
      'a loss',
      'ntxent',
      ({ expected }: { expected: { loss: number } }) => (expected.loss += 0.001),
    ],
    [
      'a gradient',
      'supcon',
      ({ expected }: { expected: { gradEmbeddings: { full: number[][] } } }) =>
        (expected.gradEmbeddings.full[2]![1]! += 0.01),
    ],
    [
      'the second view of a gradient',
      'siglip',
      ({ expected }: { expected: { gradView2: { full: number[][] } } }) =>
        (expected.gradView2.full[0]![0]! += 0.01),
    ],
    [
      'the gradient of a learnt value',
      'siglip',
      ({ expected }: { expected: { gradParams: { bias: number } } }) =>
        (expected.gradParams.bias *= 1.01),
    ],
    [
      'the gradient of proxies',
      'proxy_anchor',
      ({ expected }: { expected: { gradProxies: { full: number[][] } } }) =>
        (expected.gradProxies.full[1]![2]! += 0.01),
    ],
    [
      'the gradient of proxies that are columns',
      'cosface',
      ({ expected }: { expected: { gradW: { full: number[][] } } }) =>
        (expected.gradW.full[2]![1]! += 0.01),
    ],
    [
      'an index of a miner',
      'miners',
      ({ expected }: { expected: { negatives: number[] } }) => (expected.negatives[3]! += 1),
    ],
    [
      'a place in the memory',
      'cross_batch_memory',
      ({ steps }: { steps: { expected: { queueIndexAfter: number } }[] }) =>
        (steps[2]!.expected.queueIndexAfter += 1),
    ],
    [
      'the loss of a later step',
      'cross_batch_memory',
      ({ steps }: { steps: { expected: { loss: number } }[] }) => (steps[4]!.expected.loss += 0.01),
    ],
    [
      'a metric',
      'metrics',
      ({ expected }: { expected: { ami: number } }) => (expected.ami += 0.0001),
    ],
    [
      'a statistic',
      'embedding_statistics',
      ({ expected }: { expected: { effectiveRank: number } }) => (expected.effectiveRank += 0.001),
    ],
  ])('passes a fixture as it is and tells of one change: %s', async (_, name, change) => {
    expect(await failures(changed(name, () => undefined))).toEqual([])
    const found = await failures(changed(name, change))
    expect(found).toHaveLength(1)
    expect(found[0]!.findings).toHaveLength(1)
  })

  it.each<[string, string, (first: never) => void]>([
    ['foo = 3 is not known', 'ntxent', ({ params }: { params: Json }) => (params['foo'] = 3)],
    [
      'distance "Manhattan" is not known',
      'ntxent',
      ({ params }: { params: Json }) => (params['distance'] = { type: 'Manhattan' }),
    ],
    [
      'of cosines only',
      'circle',
      ({ params }: { params: Json }) => (params['distance'] = { type: 'LpDistance' }),
    ],
    [
      'no miner here is called Oracle',
      'miners',
      ({ params }: { params: Json }) => (params['type'] = 'Oracle'),
    ],
    [
      'no loss here is called HopeLoss',
      'cross_batch_memory',
      ({ params }: { params: Json }) => (params['loss'] = 'HopeLoss'),
    ],
    [
      'the metric f1 is not known',
      'metrics',
      ({ expected }: { expected: Json }) => (expected['f1'] = 1),
    ],
    ['tolerance: ', 'nca', (first: Json) => delete first['tolerance']],
    ['inputs.labels.0', 'nca', ({ inputs }: { inputs: Json }) => (inputs['labels'] = ['a'])],
  ])('fails a case with its reason: %s', async (reason, name, change) => {
    const found = await failures(changed(name, change))
    expect(found.map((outcome) => outcome.reason)).toEqual([expect.stringContaining(reason)])
  })

  it('goes by what is in a file, not by its name', async () => {
    const folder = tempFolder()
    cpSync(new URL('vicreg.json', golden), join(folder, 'a.json'))
    cpSync(new URL('metrics.json', golden), join(folder, 'b.json'))
    expect(await failures(folder)).toEqual([])
  })

  it('tells of files that are none of the format, and goes on', async () => {
    const folder = tempFolder()
    cpSync(new URL('nca.json', golden), join(folder, 'z.json'))
    const contents = {
      a: '{',
      b: '[]',
      c: '{"format":"lossgolden/2"}',
      d: '{"format":"lossgolden/1","loss":"nca","cases":[]}',
      e: '{"format":"lossgolden/1","loss":"wish","cases":[{}]}',
      f: '{"format":"lossgolden/1","loss":"nca","cases":[7]}',
    }
    for (const [name, text] of Object.entries(contents))
      writeFileSync(join(folder, `${name}.json`), text)
    const found = await failures(folder)
    expect(found.map(({ file, reason }) => [file, reason])).toEqual([
      ['a.json', expect.stringContaining('no JSON')],
      ['b.json', 'it holds no object at its top'],
      ['c.json', 'its format is "lossgolden/2", expected "lossgolden/1"'],
      ['d.json', 'it has no cases'],
      ['e.json', 'no loss here is called wish'],
      ['f.json', expect.stringContaining('not of the format')],
    ])
  })

  it('has nothing to do without a folder of fixtures', () => {
    expect(() => readFixtures(tempFolder())).toThrow(NoFixtures)
    expect(() => readFixtures('/no/such/folder')).toThrow('There is no folder /no/such/folder.')
  })
})
