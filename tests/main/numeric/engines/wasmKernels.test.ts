import { describe, expect, it } from 'vitest'
import { openEngine } from '../../../../src-main/numeric/engines/ladder.ts'
import { random } from '../../../../src-main/numeric/random.ts'
import * as tf from '../../../../src-main/numeric/tf.ts'
import type { Tensor, Tensor4D } from '../../../../src-main/numeric/tf.ts'
import { relativeDistance } from '../../model/examples.ts'

/** Computes on wasm and on the oracle. */
async function onBoth(compute: () => Tensor): Promise<readonly [Float32Array, Float32Array]> {
  const results: Float32Array[] = []
  for (const kind of ['wasm', 'cpu'] as const) {
    await openEngine(kind)
    const before = tf.memory().numTensors
    const tensor = tf.tidy(compute)
    results.push((await tensor.data()) as Float32Array)
    tensor.dispose()
    expect(tf.memory().numTensors).toBe(before)
  }
  return results as [Float32Array, Float32Array]
}

function noise(shape: readonly number[], seed = 1): Tensor {
  const size = shape.reduce((product, length) => product * length, 1)
  const stream = random(seed, 'noise', size)
  return tf.tensor(
    Float32Array.from({ length: size }, () => stream.normal()),
    [...shape],
  )
}

describe('kernels added to wasm', () => {
  it.each([
    [false, false],
    [false, true],
    [true, false],
    [true, true],
  ])('multiply matrices, transposed %s and %s', async (transposeA, transposeB) => {
    const [got, expected] = await onBoth(() =>
      tf.matMul(
        noise(transposeA ? [2, 4, 3] : [2, 3, 4]),
        noise(transposeB ? [2, 5, 4] : [2, 4, 5], 2),
        transposeA,
        transposeB,
      ),
    )
    expect(relativeDistance(got, expected)).toBeLessThan(1e-6)
  })

  it.each([
    { size: 3, stride: 1, pad: 'same' },
    { size: 3, stride: 2, pad: 'same' },
    { size: 2, stride: 1, pad: 'same' },
    { size: 3, stride: 1, pad: 'valid' },
    { size: 2, stride: 2, pad: 'valid' },
    { size: 1, stride: 2, pad: 'valid' },
  ] as const)('differentiate a convolution, %o', async ({ size, stride, pad }) => {
    const gradients = () => {
      const x = noise([3, 7, 6, 2]) as Tensor4D
      const kernel = noise([size, size, 2, 3], 2) as Tensor4D
      const [dx, dKernel] = tf.grads((a: Tensor, b: Tensor) =>
        tf.sum(tf.sin(tf.conv2d(a as Tensor4D, b as Tensor4D, stride, pad))),
      )([x, kernel])
      return tf.concat1d([dx!.flatten(), dKernel!.flatten()])
    }
    const [got, expected] = await onBoth(gradients)
    expect(relativeDistance(got, expected)).toBeLessThan(2e-6)
  })

  it('differentiate a gather', async () => {
    const [got, expected] = await onBoth(() => {
      const places = tf.tensor1d([2, 0, 2, 3], 'int32')
      return tf.grad((x) => tf.sum(tf.square(tf.gather(x, places))))(noise([4, 3]))
    })
    expect(relativeDistance(got, expected)).toBeLessThan(1e-6)
  })
})

it('wasm lacks no kernel of the oracle but those that nothing here computes with', async () => {
  const names = async (kind: 'wasm' | 'cpu') => {
    await openEngine(kind)
    return new Set(tf.getKernelsForBackend(kind).map(({ kernelName }) => kernelName))
  }
  const [there, all] = [await names('wasm'), await names('cpu')]
  const needless = ['Draw', 'Einsum', 'StaticRegexReplace']
  const complex = ['Complex', 'ComplexAbs', 'FFT', 'IFFT', 'Imag', 'Real']
  const ragged = ['RaggedGather', 'RaggedRange', 'RaggedTensorToTensor']
  const lacking = [...all].filter((name) => !there.has(name))
  expect(lacking.sort()).toEqual([...needless, ...complex, ...ragged].sort())
})
