import type { EngineContext, Rung } from './context.ts'
import * as tf from '../tf.ts'

/** TensorFlow.js in plain JavaScript: the oracle of tests, 500 times too slow for anything else. */
export const cpuRung: Rung = {
  kind: 'cpu',
  probe: () =>
    Promise.resolve({
      kind: 'cpu',
      available: true,
      device: 'JavaScript',
      reason: 'Always there; for tests only.',
      version: tf.version_core,
    }),
  async open(): Promise<EngineContext> {
    await tf.setBackend('cpu')
    silenceAdvice()
    return { kind: 'cpu', device: 'JavaScript', dispose: () => undefined }
  },
}

/** The cpu backend prints an advertisement at its first use unless told that it is not the first. */
function silenceAdvice(): void {
  const backend = tf.backend() as { firstUse?: boolean }
  backend.firstUse = false
}
