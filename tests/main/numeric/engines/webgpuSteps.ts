// Run by webgpu.test.ts in a process of its own: which Vulkan driver Dawn loads is decided at start.
import { createEncoder } from '../../../../src-main/model/createEncoder.ts'
import { cpuRung } from '../../../../src-main/numeric/engines/cpu.ts'
import { createWebgpuRung, webgpuRung } from '../../../../src-main/numeric/engines/webgpu.ts'
import * as tf from '../../../../src-main/numeric/tf.ts'
import * as examples from '../../model/examples.ts'
import { average, conv, dense, networkOf, norm, pool, relu } from '../../model/examples.ts'

const network = networkOf(
  8,
  [conv('a'), norm('an'), relu, pool, conv('b', { stride: 2, bias: true }), relu, average],
  [dense('p', 4)],
)
const images = examples.noise(4, 8)
const pairs = examples.twoViewPairs(4, 0.2)
const refusal = (await webgpuRung.probe()).reason

const results = []
for (const rung of [createWebgpuRung({ acceptsSoftware: true }), cpuRung]) {
  const engine = await rung.open()
  const weights = examples.trainedWeights(network)
  const encoder = createEncoder(engine, network, weights)
  const before = tf.memory().numTensors
  let looked = 0
  const { loss, gradient, raw } = await encoder.step(images, 4, {
    ofRows: examples.lossOfPairs(pairs),
    look: (rows) => (looked += rows.length),
    wantsRaw: true,
  })
  const { embedding } = await encoder.embed(images, 4)
  results.push({
    kind: engine.kind,
    device: engine.device,
    loss,
    gradient: [...gradient],
    looked,
    raw: [...(raw ?? [])],
    statistics: [...weights.statistics],
    embedding: [...embedding],
    leaked: tf.memory().numTensors - before,
  })
  encoder.dispose()
  engine.dispose()
}
process.stdout.write(JSON.stringify({ refusal, results }))
