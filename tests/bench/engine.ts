import { smallCnn } from '../../src-main/model/backbones/smallCnn.ts'
import { createEncoder } from '../../src-main/model/createEncoder.ts'
import type { StepLoss } from '../../src-main/model/encoder.ts'
import type { Network } from '../../src-main/model/network.ts'
import { mlpProjector } from '../../src-main/model/projector.ts'
import { createWeights } from '../../src-main/model/weights.ts'
import { availableCores } from '../../src-main/numeric/engines/cores.ts'
import { openEngine } from '../../src-main/numeric/engines/ladder.ts'
import { random } from '../../src-main/numeric/random.ts'
import * as tf from '../../src-main/numeric/tf.ts'
import { adamDefaults, createAdam } from '../../src-main/training/optimizers/adam.ts'
import { startTorch } from './torch.ts'

const batch = 64
const size = 64
const temperature = 0.1
const rounds = 7
const stepsPerRound = 3

const network: Network = {
  input: { size, channels: 3, offset: 0, scale: 1 },
  backbone: smallCnn({ width: 32, depth: 4 }),
  projector: mlpProjector({ hidden: 0, dim: 128 }),
}

/** What the benchmark found; all speeds include Adam. */
interface EngineResult {
  readonly model: string
  readonly device: string
  /** Median over rounds of our speed by PyTorch's with channels last; null without PyTorch. */
  readonly ratioToTorch: number | null
  readonly ratioToTorchChannelsFirst: number | null
  /** With the loss outside the graph, as most losses are. */
  readonly ratioToTorchAnyLoss: number | null
  /** Median over rounds. */
  readonly imagesPerSecond: number
  readonly imagesPerSecondAnyLoss: number
  readonly embedImagesPerSecond: number
  readonly torch: {
    readonly version: string
    readonly channelsLast: number
    readonly channelsFirst: number
  } | null
  /** Milliseconds a step, round by round. */
  readonly rounds: readonly Round[]
}

interface Round {
  readonly native: number
  readonly anyLoss: number
  readonly embed: number
  readonly torchLast?: number
  readonly torchFirst?: number
}

/** Trains the reference model on the native engine and, side by side and in turns, in PyTorch. */
export async function run({ json }: { json: boolean }): Promise<void> {
  const engine = await openEngine('native')
  const threads = availableCores()
  const torch = await startTorch(threads)
  if (!torch) say('PyTorch is not installed (python3-torch in Debian): measuring without it.')
  const ours = trainers()
  try {
    const measured: Round[] = []
    for (let i = 0; i < rounds; i++) {
      const round = {
        native: await ours.time('pairs'),
        ...(torch && { torchLast: await torch.time('last', stepsPerRound) }),
        anyLoss: await ours.time('any'),
        ...(torch && { torchFirst: await torch.time('first', stepsPerRound) }),
        embed: await ours.time('embed'),
      }
      measured.push(round)
      say(
        `round ${i + 1} of ${rounds}, ms a step: ` +
          Object.entries(round)
            .map(([name, ms]) => `${name} ${ms.toFixed(0)}`)
            .join(', '),
      )
    }
    const result = resultOf(measured)
    process.stdout.write(json ? `${JSON.stringify(result)}\n` : summaryOf(result))
  } finally {
    torch?.stop()
    ours.dispose()
    engine.dispose()
  }

  function trainers() {
    const weights = createWeights(network, 1)
    const encoder = createEncoder(engine, network, weights)
    const length = weights.trainable.length
    const adam = createAdam([{ start: 0, end: length, isKernel: false }], {
      ...adamDefaults,
      weightDecay: 0,
      decay: 'decoupled',
    })
    const stream = random(1, 'bench')
    const images = Float32Array.from({ length: batch * size * size * 3 }, () => stream.normal())
    const losses = twoViewLosses()
    const step = async (loss: StepLoss) => {
      const { gradient } = await encoder.step(images, batch, loss)
      adam.step(weights.trainable, gradient, 1e-3)
    }
    const work = {
      pairs: () => step(losses.inGraph),
      any: () => step(losses.ofRows),
      embed: () => encoder.embed(images, batch),
    }
    const isWarm = new Set<string>()
    return {
      async time(kind: keyof typeof work): Promise<number> {
        if (!isWarm.has(kind)) for (let i = 0; i < 2; i++) await work[kind]()
        isWarm.add(kind)
        const start = performance.now()
        for (let i = 0; i < stepsPerRound; i++) await work[kind]()
        return (performance.now() - start) / stepsPerRound
      },
      dispose: () => encoder.dispose(),
    }
  }

  function resultOf(measured: readonly Round[]): EngineResult {
    const speed = (of: (round: Round) => number | undefined) =>
      Math.round(1e3 * batch * median(measured.map((round) => 1 / (of(round) ?? NaN))))
    const ratio = (of: (round: Round) => number | undefined) =>
      torch ? Number(median(measured.map((round) => of(round) ?? NaN)).toFixed(3)) : null
    return {
      model:
        'conv 3×3 [32, 64, 128, 128] + batch norm + ReLU + max-pool, 64×64×3, batch 64, dense 128, ' +
        'NT-Xent, Adam',
      device: engine.device,
      ratioToTorch: ratio(({ native, torchLast = NaN }) => torchLast / native),
      ratioToTorchChannelsFirst: ratio(({ native, torchFirst = NaN }) => torchFirst / native),
      ratioToTorchAnyLoss: ratio(({ anyLoss, torchLast = NaN }) => torchLast / anyLoss),
      imagesPerSecond: speed(({ native }) => native),
      imagesPerSecondAnyLoss: speed(({ anyLoss }) => anyLoss),
      embedImagesPerSecond: speed(({ embed }) => embed),
      torch: torch && {
        version: torch.version,
        channelsLast: speed(({ torchLast }) => torchLast),
        channelsFirst: speed(({ torchFirst }) => torchFirst),
      },
      rounds: measured,
    }
  }
}

/** NT-Xent of two views: in closed form, and as code on rows. */
function twoViewLosses(): { readonly inGraph: StepLoss; readonly ofRows: StepLoss } {
  const half = batch / 2
  const weights = new Float32Array(batch * batch)
  const denominator = new Float32Array(batch * batch).fill(1)
  for (let i = 0; i < batch; i++) {
    weights[i * batch + ((i + half) % batch)] = 1 / batch
    denominator[i * batch + i] = 0
  }
  const ofRows: StepLoss['ofRows'] = (rows) => {
    const logits = tf.div(tf.matMul(rows, rows, false, true), temperature)
    const masked = tf.sub(logits, tf.mul(tf.eye(batch), 1e9))
    const positives = tf.mul(logits, tf.tensor2d(weights, [batch, batch]))
    return tf.sub(tf.mean(tf.logSumExp(masked, 1)), tf.sum(positives))
  }
  const softmaxPairs = { denominatorKind: 'all', temperature, weights, denominator } as const
  return { inGraph: { ofRows, softmaxPairs }, ofRows: { ofRows } }
}

function summaryOf(result: EngineResult): string {
  const of = (ratio: number | null) => (ratio === null ? '' : `, ${ratio.toFixed(2)} × PyTorch`)
  const torch = result.torch
    ? `PyTorch ${result.torch.version}: ${result.torch.channelsLast} images/s channels last, ` +
      `${result.torch.channelsFirst} channels first\n`
    : ''
  return (
    `${result.model}, on ${result.device}\n` +
    `native: ${result.imagesPerSecond} images/s${of(result.ratioToTorch)} (channels last)\n` +
    `native, loss outside the graph: ${result.imagesPerSecondAnyLoss} images/s` +
    `${of(result.ratioToTorchAnyLoss)}\n` +
    `native, embedding only: ${result.embedImagesPerSecond} images/s\n${torch}`
  )
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? NaN)) / 2
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}
