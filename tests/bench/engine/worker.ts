/**
 * One network on one rung, in a process of its own so that its memory can be told. Arguments: rung,
 * name of the case. Reads lines `inside N`, `outside N` or `embed N` (N steps, with the loss in or outside
 * the graph) and answers each with a line of JSON, {"milliseconds": per step, "peakBytes"}.
 */
import { createInterface } from 'node:readline'
import type { EngineKind } from '../../../src-main/contract/engines.ts'
import { createEncoder } from '../../../src-main/model/createEncoder.ts'
import type { StepLoss } from '../../../src-main/model/encoder.ts'
import type { Network } from '../../../src-main/model/network.ts'
import { mlpProjector } from '../../../src-main/model/projector.ts'
import { createWeights } from '../../../src-main/model/weights.ts'
import { openEngine } from '../../../src-main/numeric/engines/ladder.ts'
import { random } from '../../../src-main/numeric/random.ts'
import * as tf from '../../../src-main/numeric/tf.ts'
import { adamDefaults, createAdam } from '../../../src-main/training/optimizers/adam.ts'
import { benchCases } from './cases.ts'

const temperature = 0.1
const learningRate = 1e-3

const [kind, name] = process.argv.slice(2)
const found = benchCases.find((one) => one.name === name)
if (!found) throw new Error(`no case ${name ?? ''}`)
const { backbone, batch, px } = found
const engine = await openEngine(kind as EngineKind)
const network: Network = {
  input: { size: px, channels: 3, offset: 0, scale: 1 },
  backbone,
  projector: mlpProjector({ hidden: 0, dim: 128 }),
}
const weights = createWeights(network, 1)
const encoder = createEncoder(engine, network, weights)
const stream = random(1, 'bench')
const images = Float32Array.from({ length: batch * px * px * 3 }, () => stream.normal())
const losses = twoViewLosses()
const adam = createAdam([{ start: 0, end: weights.trainable.length, isKernel: false }], {
  ...adamDefaults,
  weightDecay: 0,
  decay: 'decoupled',
})
const work: Readonly<Record<string, () => Promise<unknown>>> = {
  inside: () => step(losses.inside),
  outside: () => step(losses.outside),
  embed: () => encoder.embed(images, batch),
}

answer({ device: engine.device })
for await (const line of createInterface({ input: process.stdin })) {
  const [what = '', steps] = line.split(' ')
  const one = work[what]
  if (!one) throw new Error(`no work ${what}`)
  const start = performance.now()
  for (let i = 0; i < Number(steps); i++) await one()
  const milliseconds = (performance.now() - start) / Number(steps)
  answer({ milliseconds, peakBytes: 1024 * process.resourceUsage().maxRSS })
}
process.exit(0)

async function step(loss: StepLoss): Promise<void> {
  const { gradient } = await encoder.step(images, batch, loss)
  adam.step(weights.trainable, gradient, learningRate)
}

/** NT-Xent of two views: in closed form, and as code on rows. */
function twoViewLosses(): { readonly inside: StepLoss; readonly outside: StepLoss } {
  const half = batch / 2
  const pairs = new Float32Array(batch * batch)
  const denominator = new Float32Array(batch * batch).fill(1)
  for (let i = 0; i < batch; i++) {
    pairs[i * batch + ((i + half) % batch)] = 1 / batch
    denominator[i * batch + i] = 0
  }
  const ofRows: StepLoss['ofRows'] = (rows) => {
    const logits = tf.div(tf.matMul(rows, tf.transpose(rows)), temperature)
    const masked = tf.sub(logits, tf.mul(tf.eye(batch), 1e9))
    const positives = tf.mul(logits, tf.tensor2d(pairs, [batch, batch]))
    return tf.sub(tf.mean(tf.logSumExp(masked, 1)), tf.sum(positives))
  }
  const softmaxPairs = { denominatorKind: 'all', temperature, weights: pairs, denominator } as const
  return { inside: { ofRows, softmaxPairs }, outside: { ofRows } }
}

function answer(values: object): void {
  process.stdout.write(`${JSON.stringify(values)}\n`)
}
