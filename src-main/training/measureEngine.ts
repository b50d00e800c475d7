import type { EngineKind } from '../contract/engines.ts'
import { createEncoder } from '../model/createEncoder.ts'
import type { StepLoss } from '../model/encoder.ts'
import { createWeights } from '../model/weights.ts'
import { openEngine } from '../numeric/engines/ladder.ts'
import { random } from '../numeric/random.ts'
import * as tf from '../numeric/tf.ts'
import { networkOf } from './networkOf.ts'
import { createOptimizer, groupsOf } from './optimizers/createOptimizer.ts'
import { resolveRunConfig } from './resolve.ts'

/** Images in a step: enough for a GPU to show what it can, few enough for WebAssembly. */
const batch = 64
/** Steps are taken for this long, but at least {@link fewestSteps} of them. */
const budgetMs = 800
const fewestSteps = 3

/**
 * Images a second of whole training steps, optimizer included, of the network that a run has by default.
 * The first step, which prepares sessions and shaders, is not counted; the median of the others is.
 *
 * @param now a clock, ms
 * @throws WorkbenchError `no-engine` when the rung cannot run here, `engine-failed` when it fails
 */
export async function measureEngine(
  kind: EngineKind,
  now: () => number,
): Promise<{ readonly imagesPerSecond: number }> {
  const { settings } = resolveRunConfig(
    { regime: 'contrastive', engine: kind, loss: { name: 'nt-xent', params: {} }, settings: {} },
    kind,
  )
  const network = networkOf(settings)
  const weights = createWeights(network, settings.seed)
  const optimizer = createOptimizer(settings, groupsOf(weights.specs))
  const stream = random(settings.seed, 'images to measure with')
  const { size, channels } = network.input
  const images = Float32Array.from({ length: batch * size * size * channels }, () =>
    stream.normal(),
  )
  const engine = await openEngine(kind)
  try {
    const encoder = createEncoder(engine, network, weights)
    try {
      const step = async (): Promise<number> => {
        const start = now()
        const { gradient } = await encoder.step(images, batch, { ofRows: spreading })
        optimizer.step(weights.trainable, gradient, settings.learningRate)
        return now() - start
      }
      await step()
      const durations: number[] = []
      for (let spent = 0; spent < budgetMs || durations.length < fewestSteps;) {
        const duration = await step()
        durations.push(duration)
        spent += duration
      }
      const [median = Infinity] = durations.toSorted((a, b) => a - b).slice(durations.length >> 1)
      return { imagesPerSecond: (1000 * batch) / median }
    } finally {
      encoder.dispose()
    }
  } finally {
    engine.dispose()
  }
}

/** A loss of all pairs of rows, as most are: pushes the rows apart. */
const spreading: StepLoss['ofRows'] = (rows) =>
  tf.tidy(() => tf.mean(tf.logSumExp(tf.mul(tf.matMul(rows, rows, false, true), 10), 1)))
