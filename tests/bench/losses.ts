import type { LossEntry, ParameterValues, Regime } from '../../src-main/contract/catalogue.ts'
import { lossCatalogue } from '../../src-main/losses/catalogue.ts'
import { lossOf } from '../../src-main/losses/lossOf.ts'
import type { RunLoss } from '../../src-main/losses/lossOf.ts'
import type { Learnt, LearntSpec } from '../../src-main/losses/loss.ts'
import { relationOf } from '../../src-main/losses/relation.ts'
import type { Relation } from '../../src-main/losses/relation.ts'
import { unitRows } from '../../src-main/model/unitRows.ts'
import { cpuRung } from '../../src-main/numeric/engines/cpu.ts'
import { wasmRung } from '../../src-main/numeric/engines/wasm.ts'
import { random } from '../../src-main/numeric/random.ts'
import * as tf from '../../src-main/numeric/tf.ts'
import type { Tensor, Tensor2D } from '../../src-main/numeric/tf.ts'

const batch = 512
const dim = 128
/** 128 labels of 4 images, or 256 images of 2 views. */
const labelCount = 128
const memory = 8192
/** A round with a memory takes many seconds in plain JavaScript, and is long enough to need no second. */
const rounds = { batch: 3, memory: 1 } as const
/** What the issue allows: a loss may cost this many times its products. */
const target = 3

const backends = { cpu: cpuRung, wasm: wasmRung } as const
type Backend = keyof typeof backends
type Setting = 'batch' | 'memory'

/** A loss with its gradient, against the products of its similarities forward and backward. */
interface Measured {
  readonly name: string
  readonly regime: Regime
  readonly setting: Setting
  readonly backend: Backend
  /** Median over rounds of the loss by the products, timed in turns. */
  readonly ratio: number
  readonly ms: number
  readonly productsMs: number
  readonly leakedTensors: number
}

/**
 * Times every loss of the catalogue with a batch alone and with a memory, on both processor backends.
 * Words narrow that: names of losses, `batch` or `memory`, `cpu` or `wasm`.
 */
export async function run({
  json,
  only,
}: {
  json: boolean
  only: readonly string[]
}): Promise<void> {
  const among = <T extends string>(all: readonly T[]) => {
    const named = all.filter((name) => only.includes(name))
    return named.length === 0 ? all : named
  }
  const names = among(lossCatalogue.map(({ name }) => name))
  const settings = among<Setting>(['batch', 'memory'])
  const measured: Measured[] = []
  for (const backend of among<Backend>(['cpu', 'wasm'])) {
    await backends[backend].open()
    for (const entry of lossCatalogue.filter(({ name }) => names.includes(name)))
      for (const setting of settingsOf(entry).filter((one) => settings.includes(one))) {
        const result = await measure(entry, setting, backend)
        measured.push(result)
        say(
          `${result.name} · ${setting} · ${backend}: ${result.ratio.toFixed(2)} × the products, ` +
            `${result.ms.toFixed(0)} ms`,
        )
      }
  }
  const above = measured.filter(({ ratio }) => ratio > target)
  const leaking = measured.filter(({ leakedTensors }) => leakedTensors !== 0)
  if (json) {
    const result = { batch, dim, memory, rounds, target, losses: measured }
    process.stdout.write(`${JSON.stringify(result)}\n`)
    return
  }
  process.stdout.write(`${tableOf(measured)}\n`)
  process.stdout.write(
    `${measured.length} measured, ${above.length} above ${target} ×, ${leaking.length} leak tensors\n`,
  )
}

function settingsOf(entry: LossEntry): readonly Setting[] {
  return lossOf(choiceOf(entry)).takesMemory ? ['batch', 'memory'] : ['batch']
}

function choiceOf({ name, parameters }: LossEntry): { name: string; params: ParameterValues } {
  return { name, params: Object.fromEntries(parameters.map((spec) => [spec.name, spec.default])) }
}

async function measure(entry: LossEntry, setting: Setting, backend: Backend): Promise<Measured> {
  const loss = lossOf(choiceOf(entry))
  const regime = entry.regimes.includes('metric') ? 'metric' : 'contrastive'
  const specs = loss.learntOf({ labels: labelCount, dim, seed: 1 })
  const step = lossStep(loss, specs, factsOf(regime, setting))
  const products = productsStep(shapesOf(entry, specs, setting))
  const before = tf.memory().numTensors
  const times: { loss: number; products: number }[] = []
  try {
    if (setting === 'batch') await Promise.all([step.run(), products.run()])
    for (let round = 0; round < rounds[setting]; round++)
      times.push({ products: await timed(products.run), loss: await timed(step.run) })
  } finally {
    step.dispose()
    products.dispose()
  }
  return {
    name: entry.name,
    regime,
    setting,
    backend,
    ratio: median(times.map(({ loss, products }) => loss / products)),
    ms: median(times.map(({ loss }) => loss)),
    productsMs: median(times.map(({ products }) => products)),
    // Both steps keep their inputs, which are gone again by now.
    leakedTensors: tf.memory().numTensors - before + step.inputs + products.inputs,
  }
}

interface Step {
  readonly run: () => Promise<unknown>
  readonly inputs: number
  dispose(): void
}

interface Facts {
  readonly relation: Relation
  readonly labels: Int32Array
  readonly memory?: Float32Array
}

function factsOf(regime: Regime, setting: Setting): Facts {
  const isMetric = regime === 'metric'
  const labels = Int32Array.from({ length: batch }, (_, i) => Math.floor((i * labelCount) / batch))
  const images = Int32Array.from({ length: batch }, (_, i) => (isMetric ? i : i % (batch / 2)))
  const own = relationOf(regime, { images, labels })
  if (setting === 'batch') return { relation: own, labels }
  const columns = batch + memory
  const cells = new Int8Array(batch * columns)
  for (let i = 0; i < batch; i++) {
    cells.set(own.cells.subarray(i * batch, (i + 1) * batch), i * columns)
    for (let j = 0; j < memory; j++)
      cells[i * columns + batch + j] = isMetric && j % labelCount === labels[i] ? 1 : -1
  }
  return { relation: { ...own, columns, cells }, labels, memory: noise('memory', memory * dim) }
}

/** A loss from unit rows to its gradients, as a training step asks for it. */
function lossStep(loss: RunLoss, specs: readonly LearntSpec[], facts: Facts): Step {
  const raw = tf.tensor2d(noise('rows', batch * dim), [batch, dim])
  const rows = unitRows(raw)
  const learnt = specs.map(({ start, shape }) => tf.tensor(start, [...shape]))
  return {
    inputs: 2 + learnt.length,
    async run() {
      const bound = loss.bind(facts)
      const { value, grads } = tf.valueAndGrads((z: Tensor, x: Tensor, ...values: Tensor[]) =>
        // Of what it does not look at the gradient is 0; TensorFlow.js alone would throw.
        [z, x, ...values].reduce<tf.Scalar>(
          (sum, input) => tf.add(sum, tf.mul(tf.sum(input), 0)),
          bound.ofRows({ rows: z as Tensor2D, raw: x as Tensor2D }, named(specs, values)),
        ),
      )([rows, raw, ...learnt])
      await Promise.all([value, ...grads].map((tensor) => tensor.data()))
      tf.dispose([value, ...grads])
    },
    dispose: () => tf.dispose([raw, rows, ...learnt]),
  }
}

function named(specs: readonly LearntSpec[], values: readonly Tensor[]): Learnt {
  return Object.fromEntries(specs.map(({ name }, i) => [name, values[i] as Tensor]))
}

/** Rows, columns and inner size of one product. */
type Shape = readonly [number, number, number]

/** Losses whose products are of dimensions with each other, one for each view, not of images. */
const ofDimensions = new Set(['vicreg', 'barlow-twins'])

/** The similarities that a loss stands on: with the batch and the memory, or with its proxies. */
function shapesOf(
  { name }: LossEntry,
  specs: readonly LearntSpec[],
  setting: Setting,
): readonly Shape[] {
  if (ofDimensions.has(name))
    return [
      [dim, dim, batch / 2],
      [dim, dim, batch / 2],
    ]
  const proxies = specs.find(({ shape }) => shape.length > 1)
  if (proxies) return [[batch, proxies.start.length / dim, dim]]
  return [[batch, setting === 'memory' ? batch + memory : batch, dim]]
}

/** Each product, and the two of its gradient. */
function productsStep(shapes: readonly Shape[]): Step {
  const sides = shapes.map(([rows, columns, inner]) => ({
    a: tf.tensor2d(noise('a', rows * inner), [rows, inner]),
    b: tf.tensor2d(noise('b', columns * inner), [columns, inner]),
    slope: tf.tensor2d(noise('slope', rows * columns), [rows, columns]),
  }))
  return {
    inputs: 3 * sides.length,
    async run() {
      const results = tf.tidy(() =>
        sides.flatMap(({ a, b, slope }) => [
          tf.matMul(a, tf.transpose(b)),
          tf.matMul(slope, b),
          tf.matMul(tf.transpose(slope), a),
        ]),
      )
      await Promise.all(results.map((tensor) => tensor.data()))
      tf.dispose(results)
    },
    dispose: () => sides.forEach((side) => tf.dispose([side.a, side.b, side.slope])),
  }
}

function noise(purpose: string, count: number): Float32Array {
  const stream = random(1, purpose)
  return Float32Array.from({ length: count }, () => stream.normal())
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await run()
  return performance.now() - started
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN
}

function tableOf(measured: readonly Measured[]): string {
  const title = ['loss', 'columns', 'cpu ×', 'cpu ms', 'wasm ×', 'wasm ms', 'leaked']
  const keys = [...new Set(measured.map(({ name, setting }) => `${name} ${setting}`))]
  const lines = keys.map((key) => {
    const on = (backend: Backend) =>
      measured.find((one) => `${one.name} ${one.setting}` === key && one.backend === backend)
    const [cpu, wasm] = [on('cpu'), on('wasm')]
    const leaked = (cpu?.leakedTensors ?? 0) + (wasm?.leakedTensors ?? 0)
    return [
      (cpu ?? wasm)?.name ?? '',
      (cpu ?? wasm)?.setting === 'memory' ? `${batch} + ${memory}` : String(batch),
      ...[cpu, wasm].flatMap((one) => [one?.ratio.toFixed(2) ?? '–', one?.ms.toFixed(0) ?? '–']),
      String(leaked),
    ]
  })
  const widths = title.map((_, i) =>
    Math.max(...[title, ...lines].map((line) => line[i]?.length ?? 0)),
  )
  return [title, ...lines]
    .map((line) =>
      line
        .map((cell, i) => (i < 1 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
        .join('  '),
    )
    .join('\n')
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}
