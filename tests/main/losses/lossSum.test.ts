import { beforeAll, describe, expect, it } from 'vitest'
import { lossOf } from '../../../src-main/losses/lossOf.ts'
import type { LossSum } from '../../../src-main/losses/lossOf.ts'
import { unitRows } from '../../../src-main/model/unitRows.ts'
import { cpuRung } from '../../../src-main/numeric/engines/cpu.ts'
import * as tf from '../../../src-main/numeric/tf.ts'
import { randomRows } from './lossChecks.ts'
import { labelled, matrixOf } from './madeBatches.ts'

const raw = randomRows(6, 4)
const labels = [0, 0, 1, 1, 2, 2]
const facts = { relation: labelled(labels), labels: Int32Array.from(labels) }
const context = { labels: 3, dim: 4, seed: 5 }

const anchor = { name: 'proxy-anchor', params: { margin: 0.1, scale: 32, proxyRate: 100 } }
const koleo = { name: 'koleo', params: {} }
const lengths = { name: 'norm-regularizer', params: { normRule: 'length', p: 2 } }

async function valueOf(sum: LossSum, memory?: Float32Array): Promise<number> {
  const loss = lossOf(sum)
  const x = matrixOf(raw)
  const rows = unitRows(x)
  const specs = loss.learntOf(context)
  const learnt = Object.fromEntries(
    specs.map(({ name, start, shape }) => [name, tf.tensor(start, [...shape])]),
  )
  const before = tf.memory().numTensors
  const value = loss.bind({ ...facts, ...(memory && { memory }) }).ofRows({ rows, raw: x }, learnt)
  expect(tf.memory().numTensors).toBe(before + 1)
  const [found] = await value.data()
  tf.dispose([x, rows, value, ...Object.values(learnt)])
  return found!
}

describe('a sum of losses', () => {
  beforeAll(async () => void (await cpuRung.open()))

  it('is the first and the weighted others', async () => {
    const parts = [await valueOf(anchor), await valueOf(koleo), await valueOf(lengths)] as const
    const plus = [
      { ...koleo, weight: 0.5 },
      { ...lengths, weight: 0.01 },
    ]
    const found = await valueOf({ ...anchor, plus })
    expect(found).toBeCloseTo(parts[0] + 0.5 * parts[1] + 0.01 * parts[2], 4)
  })

  it('keeps what its terms learn apart, by their place', async () => {
    const sum = lossOf({ ...anchor, plus: [{ ...anchor, weight: 0.5 }] })
    const specs = sum.learntOf(context)
    expect(specs.map(({ name }) => name)).toEqual(['0.proxies', '1.proxies'])
    expect(specs[0]!.shape).toEqual([3, 4])
    expect(specs[0]!.learningRateFactor).toBe(100)
    const x = matrixOf(raw)
    const [first, second] = [matrixOf(randomRows(3, 4)), matrixOf(randomRows(4, 4).slice(1))]
    const rows = unitRows(x)
    const value = sum
      .bind(facts)
      .ofRows({ rows, raw: x }, { '0.proxies': first, '1.proxies': second })
    const alone = [first, second].map((proxies) =>
      lossOf(anchor).bind(facts).ofRows({ rows, raw: x }, { proxies }),
    )
    const [found, a, b] = await Promise.all(
      [value, ...alone].map(async (loss) => (await loss.data())[0]!),
    )
    expect(found).toBeCloseTo(a! + 0.5 * b!, 4)
    tf.dispose([x, first, second, rows, value, ...alone])
  })

  it('needs what any of its terms needs, and takes a memory if all do', () => {
    const sum = lossOf({ ...koleo, plus: [{ ...lengths, weight: 1 }] })
    expect(sum).toMatchObject({ needsRaw: true, needsLabels: false, takesMemory: true })
    expect(lossOf(koleo)).toMatchObject({ needsRaw: false, needsLabels: false, takesMemory: true })
    const proxies = lossOf({ ...koleo, plus: [{ ...anchor, weight: 1 }] })
    expect(proxies).toMatchObject({ needsRaw: false, needsLabels: true, takesMemory: false })
  })

  it('has no closed form, nor has one with a memory', () => {
    const params = {
      temperature: 0.1,
      temperatureRule: 'fixed',
      temperatureReaction: 0,
      temperatureStart: 0,
      distance: 'cosine',
    }
    const alone = lossOf({ name: 'nt-xent', params })
    expect(alone.bind(facts).softmaxPairs).toBeDefined()
    const cells = new Int8Array(6 * 7)
    const relation = { rows: 6, columns: 7, cells }
    const remembered = { ...facts, relation, memory: new Float32Array(4) }
    expect(alone.bind(remembered).softmaxPairs).toBeUndefined()
    const sum = lossOf({ name: 'nt-xent', params, plus: [{ ...koleo, weight: 1 }] })
    expect(sum.bind(facts).softmaxPairs).toBeUndefined()
  })

  it('sees a memory’s rows as unit rows and as they are', async () => {
    const memory = Float32Array.from([3, 0, 0, 0])
    const cells = Int8Array.from({ length: 6 * 7 }, (_, at) => (at % 7 === 6 ? -1 : 0))
    const relation = { rows: 6, columns: 7, cells }
    const { bind } = lossOf(koleo)
    const x = matrixOf(raw)
    const rows = unitRows(x)
    const value = bind({ ...facts, relation, memory }).ofRows({ rows, raw: x }, {})
    const z = await rows.array()
    const wanted = z.map((row) => -Math.log(Math.hypot(row[0]! - 1, row[1]!, row[2]!, row[3]!)))
    expect((await value.data())[0]).toBeCloseTo(wanted.reduce((a, b) => a + b, 0) / 6, 4)
    tf.dispose([x, rows, value])
  })
})
