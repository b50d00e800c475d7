import { describe, expect, it } from 'vitest'
import { WorkbenchError } from '../../../src-main/contract/errors.ts'
import type { Encoder } from '../../../src-main/model/encoder.ts'
import type { EngineContext } from '../../../src-main/numeric/engines/context.ts'
import {
  failureOf,
  isOutOfMemory,
  withNamedFailures,
} from '../../../src-main/training/engineFailure.ts'
import { resolveRunConfig } from '../../../src-main/training/resolve.ts'

const config = resolveRunConfig(
  {
    regime: 'metric',
    engine: 'auto',
    loss: { name: 'supcon', params: {} },
    settings: { batchSize: 96 },
  },
  'webgpu',
)

/** An encoder whose every call does what it is told. */
function encoderThat(act: () => Promise<never>, lost?: Promise<string>): Encoder {
  const encoder = {
    engine: 'webgpu',
    embed: act,
    step: act,
    dispose: () => undefined,
  } as unknown as Encoder
  return withNamedFailures(encoder, engine(lost))
}

function engine(lost?: Promise<string>): EngineContext {
  return {
    kind: 'webgpu',
    device: 'A made card',
    dispose: () => undefined,
    ...(lost && { lost }),
  }
}

const stepOf = (encoder: Encoder) =>
  encoder.step(new Float32Array(), 0, { ofRows: () => null as never })

describe('withNamedFailures', () => {
  it('calls what an engine throws its failure, in steps and in evaluation', async () => {
    const encoder = encoderThat(() => Promise.reject(new Error('shader 7 is not valid')))
    const expected = { code: 'engine-failed', message: /webgpu failed: shader 7/ }
    for (const call of [stepOf(encoder), encoder.embed(new Float32Array(), 0)])
      await expect(call).rejects.toMatchObject({
        code: expected.code,
        message: expect.stringMatching(expected.message) as string,
      })
  })

  it('hands everything on that it is given', async () => {
    const given: unknown[] = []
    const encoder = {
      embed: (...all: unknown[]) => given.push(...all),
      step: given.push.bind(given),
    }
    const named = withNamedFailures(encoder as unknown as Encoder, engine())
    const images = new Float32Array()
    const loss = { ofRows: () => null as never }
    await named.embed(images, 7)
    await named.step(images, 8, loss, 9)
    expect(given).toEqual([images, 7, images, 8, loss, 9])
  })

  it('lets what is not the engine’s fault through', async () => {
    const refusal = new WorkbenchError('bad-request', 'The weights do not fit.')
    await expect(stepOf(encoderThat(() => Promise.reject(refusal)))).rejects.toBe(refusal)
  })

  it('ends a call that hangs when the device goes away', async () => {
    const hanging = encoderThat(() => new Promise(() => undefined), Promise.resolve('reset'))
    await expect(stepOf(hanging)).rejects.toMatchObject({
      code: 'device-lost',
      message: 'The device of webgpu, A made card, was lost: reset',
    })
  })
})

describe('failureOf', () => {
  it('offers the next engine, in words and as such', () => {
    const failed = new WorkbenchError('engine-failed', 'The engine webgpu failed: shader 7\n at x')
    expect(failureOf(failed, { config, nextEngine: 'native' })).toEqual({
      reason: 'failed',
      message:
        'The engine webgpu failed: shader 7. The last checkpoint is sound: the run can go on from it ' +
        'on native.',
      nextEngine: 'native',
    })
    expect(failureOf(failed, { config, nextEngine: null })).toEqual({
      reason: 'failed',
      message: 'The engine webgpu failed: shader 7.',
    })
  })

  it('offers none where the engine is not at fault', () => {
    const failed = new WorkbenchError('internal', 'The loss was no longer a finite number.')
    expect(failureOf(failed, { config, nextEngine: 'native' })).toEqual({
      reason: 'failed',
      message: 'The loss was no longer a finite number.',
    })
  })

  it.each([
    'OOM when allocating tensor with shape[96,64,64,32] and type float',
    'ResourceExhaustedError: 2 root error(s) found',
    'RESOURCE_EXHAUSTED: Out of memory while trying to allocate',
    'std::bad_alloc',
    'RuntimeError: memory access out of bounds',
    'RangeError: Array buffer allocation failed',
    'Failed to allocate memory for requested buffer of size 17179869184',
    'Dawn: Out of memory: buffer of 2147483648 bytes',
  ])('names a batch size to try after “%s”', (words) => {
    const failed = new WorkbenchError('engine-failed', `The engine webgpu failed: ${words}`)
    const { message, nextEngine } = failureOf(failed, { config, nextEngine: 'native' })
    expect(message).toMatch(/did not suffice for batches of 96 images.*batch size of 48/)
    expect(nextEngine).toBe('native')
  })

  it('does not take other words for a lack of memory', () => {
    for (const words of ['shader 7 is not valid', 'the room is full', 'bloom', 'device was lost'])
      expect(isOutOfMemory(words)).toBe(false)
  })
})
