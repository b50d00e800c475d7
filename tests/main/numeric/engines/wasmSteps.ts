// Run by wasmThreads.test.ts in a process of its own: a process starts the threads of wasm only once.
import { createRequire } from 'node:module'
import * as workerThreads from 'node:worker_threads'
import { wasmRung } from '../../../../src-main/numeric/engines/wasm.ts'
import { random } from '../../../../src-main/numeric/random.ts'
import * as tf from '../../../../src-main/numeric/tf.ts'

/** Where a sandbox forbids threads, making one throws. */
class ForbiddenWorker extends workerThreads.Worker {
  constructor() {
    super('', { eval: true })
    void this.terminate()
    throw new Error('threads are forbidden here')
  }
}

const threads = createRequire(import.meta.url)('node:worker_threads') as {
  Worker: typeof workerThreads.Worker
}
const isForbidden = process.argv[2] === 'forbidden'
if (isForbidden) threads.Worker = ForbiddenWorker
const before = threads.Worker
const report = await wasmRung.probe()
const { device } = await wasmRung.open()

const stream = random(1, 'a matrix')
const values = Float32Array.from({ length: 300 * 300 }, () => stream.normal())
const product = tf.tidy(() => {
  const a = tf.tensor2d(values, [300, 300])
  return tf.matMul(a, a, false, true)
})
const data = (await product.data()) as Float32Array
const sum = data.reduce((total, value) => total + Math.abs(value), 0)
process.stdout.write(JSON.stringify({ report, device, sum, isRestored: threads.Worker === before }))
