import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import * as tf from '../../src-main/numeric/tf.ts'
import { makeImages, makeRun } from '../main/training/madeRun.ts'
import { countSessions } from './endurance/countSessions.ts'

const epochs = 50
/** Epochs in which caches, compiled code and allocators find their size. */
const settled = 10

/** What the process that trains holds after an epoch, garbage collected. */
interface Held {
  readonly epoch: number
  readonly residentMb: number
  readonly heapMb: number
  /** Of TensorFlow.js. */
  readonly tensors: number
  /** Of ONNX Runtime, not disposed of. */
  readonly sessions: number
}

/** Whether a long run leaks: 50 epochs on made images, with a loss outside of the graph that learns itself. */
export async function run({ json }: { readonly json: boolean }): Promise<void> {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const sessions = await countSessions()
  const made = await makeImages(20, 18)
  const held: Held[] = []
  try {
    const trained = await makeRun(made, {
      regime: 'metric',
      loss: { name: 'proxy-anchor', params: {} },
      settings: { epochs, imageSize: 32, width: 16, dim: 32, batchSize: 64, holdout: 0.2 },
      name: 'endurance',
    })
    trained.onEvent = (event) => {
      if (event.kind !== 'checkpoint') return
      trained.embeddings.clear()
      trained.events.length = 0
      collect()
      const { rss, heapUsed } = process.memoryUsage()
      const now: Held = {
        epoch: event.epoch,
        residentMb: Math.round(rss / 1e6),
        heapMb: Math.round(heapUsed / 1e5) / 10,
        tensors: tf.memory().numTensors,
        sessions: sessions.open(),
      }
      held.push(now)
      if (!json) process.stdout.write(`${lineOf(now)}\n`)
    }
    await trained.start()
    const [end] = trained.events.slice(-1)
    if (end?.kind !== 'ended' || end.reason !== 'done')
      throw new Error(`the run ended otherwise: ${JSON.stringify(end)}`)
  } finally {
    await made.dispose()
  }
  const after = { tensors: tf.memory().numTensors, sessions: sessions.open() }
  const first = held.find(({ epoch }) => epoch === settled)
  const last = held.at(-1)
  if (json) process.stdout.write(`${JSON.stringify({ held, after })}\n`)
  else
    process.stdout.write(
      `epoch ${settled} to ${epochs}: ${first?.residentMb} → ${last?.residentMb} MB resident, ` +
        `${first?.tensors} → ${last?.tensors} tensors, ${first?.sessions} → ${last?.sessions} sessions; ` +
        `after the run ${after.tensors} tensors, ${after.sessions} sessions\n`,
    )
}

function lineOf({ epoch, residentMb, heapMb, tensors, sessions }: Held): string {
  return (
    `epoch ${String(epoch).padStart(2)}  ${residentMb} MB resident  ${heapMb} MB heap  ` +
    `${tensors} tensors  ${sessions} sessions`
  )
}
