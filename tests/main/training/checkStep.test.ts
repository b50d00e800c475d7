import { expect, it } from 'vitest'
import { checkEmbedding, checkStep } from '../../../src-main/training/checkStep.ts'
import { resolveRunConfig } from '../../../src-main/training/resolve.ts'

const { settings } = resolveRunConfig(
  { regime: 'metric', engine: 'auto', loss: { name: 'supcon', params: {} }, settings: {} },
  'native',
)
const place = {
  epoch: 3,
  step: 41,
  batch: Int32Array.from({ length: 8 }, (_, i) => i),
  paths: Array.from({ length: 8 }, (_, i) => `/photos/cats/${i}.png`),
  settings,
}

it('lets finite numbers pass', () => {
  const result = { loss: 1, gradient: Float32Array.of(0, -1), learntGradients: [] }
  expect(() => checkStep(result, place)).not.toThrow()
})

it.each([
  [NaN, [0], [], 'The loss was no longer a finite number in step 42 (epoch 3)'],
  [Infinity, [0], [], 'The loss'],
  [1, [0, Infinity], [], 'The gradient'],
  [1, [0], [NaN], 'The gradient'],
])(
  'stops at a loss of %d with gradients %j, %j, and names the batch',
  (loss, own, learnt, message) => {
    const gradient = Float32Array.from(own)
    const learntGradients = [Float32Array.from(learnt)]
    const check = () => checkStep({ loss, gradient, learntGradients }, place)
    expect(check).toThrow(message)
    expect(check).toThrow(
      'cats/0.png, cats/1.png, cats/2.png, cats/3.png, cats/4.png, cats/5.png and 2 more',
    )
  },
)

it('does not let weights that have grown too large reach a checkpoint', () => {
  const after = { epoch: 3, settings }
  expect(() => checkEmbedding(Float32Array.of(0.6, -0.8), after)).not.toThrow()
  expect(() => checkEmbedding(Float32Array.of(0.6, NaN), after)).toThrow(
    /finite numbers after epoch 3.*last checkpoint is sound.*learning rate below 0\.003/s,
  )
})
