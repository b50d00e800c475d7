import { random } from '../../../../src-main/numeric/random.ts'
import type { io } from '../../../../src-main/numeric/tf.ts'

/** A graph as the converter writes it: operations with what it draws into them, constants apart. */

interface Node {
  readonly name: string
  readonly op: string
  readonly input?: readonly string[]
  readonly attr?: Record<string, object>
}

const nodes: Node[] = []
const specs: io.WeightsManifestEntry[] = []
const values: (Float32Array | Int32Array)[] = []

const bytes = (text: string) => Buffer.from(text).toString('base64')
const words = (...list: string[]) => ({ list: { s: list.map(bytes) } })
const integers = (...list: number[]) => ({ list: { i: list.map(String) } })
const float = { type: 'DT_FLOAT' }

function node(
  name: string,
  op: string,
  input: string[],
  attr: Record<string, object> = {},
): string {
  nodes.push({ name, op, input, attr: { T: float, ...attr } })
  return name
}

function constant(name: string, shape: number[], given?: readonly number[]): string {
  const isInteger = given?.every(Number.isInteger) ?? false
  const count = shape.reduce((product, length) => product * length, 1)
  const stream = random(9, name)
  const spread = Math.sqrt(2 / Math.max(count / (shape.at(-1) ?? 1), 1))
  const numbers = given ?? Array.from({ length: count }, () => spread * stream.normal())
  const dtype = isInteger ? 'int32' : 'float32'
  values.push(isInteger ? Int32Array.from(numbers) : Float32Array.from(numbers))
  specs.push({ name, shape, dtype })
  nodes.push({
    name,
    op: 'Const',
    attr: {
      dtype: { type: isInteger ? 'DT_INT32' : 'DT_FLOAT' },
      value: { tensor: { dtype: isInteger ? 'DT_INT32' : 'DT_FLOAT', tensorShape: {} } },
    },
  })
  return name
}

const windowOf = (stride: number, padding: 'SAME' | 'VALID') => ({
  strides: integers(1, stride, stride, 1),
  padding: { s: bytes(padding) },
  data_format: { s: bytes('NHWC') },
  dilations: integers(1, 1, 1, 1),
})

nodes.push({
  name: 'images',
  op: 'Placeholder',
  attr: {
    dtype: float,
    shape: { shape: { dim: [{ size: '-1' }, { size: '16' }, { size: '16' }, { size: '3' }] } },
  },
})
const doubled = node('double', 'Mul', ['images', constant('two', [], [2.0001])])
const centred = node('centred', 'Sub', [doubled, constant('one', [], [1.0001])])
const padded = node('padded', 'Pad', [
  centred,
  constant('border', [4, 2], [0, 0, 1, 1, 1, 1, 0, 0]),
])
const stem = node(
  'stem/Relu6',
  '_FusedConv2D',
  [padded, constant('stem/kernel', [3, 3, 3, 6]), constant('stem/bias', [6])],
  {
    ...windowOf(2, 'VALID'),
    fused_ops: words('BiasAdd', 'Relu6'),
    num_args: { i: '1' },
    epsilon: { f: 0 },
  },
)
const deep = node(
  'deep',
  'FusedDepthwiseConv2dNative',
  [stem, constant('deep/kernel', [3, 3, 6, 1]), constant('deep/bias', [6])],
  {
    ...windowOf(1, 'SAME'),
    fused_ops: words('BiasAdd', 'Relu'),
    num_args: { i: '1' },
    epsilon: { f: 0 },
  },
)
const narrow = node(
  'narrow',
  'Conv2D',
  [deep, constant('narrow/kernel', [1, 1, 6, 6])],
  windowOf(1, 'SAME'),
)
const normed = node(
  'normed',
  'FusedBatchNormV3',
  [
    narrow,
    constant('gamma', [6]),
    constant('beta', [6]),
    constant('mean', [6]),
    constant('variance', [6], [0.5, 0.3, 0.2, 1.1, 0.7, 0.9]),
  ],
  { epsilon: { f: 0.001 }, is_training: { b: false }, data_format: { s: bytes('NHWC') } },
)
const summed = node('summed', 'AddV2', [stem, normed])
const biased = node('biased', 'BiasAdd', [summed, constant('bias', [6])])
const relu = node('relu', 'Relu', [biased])
const pooled = node('pooled', 'MaxPool', [relu], {
  ...windowOf(2, 'SAME'),
  ksize: integers(1, 3, 3, 1),
})
const features = node('features/Mean', 'Mean', [pooled, constant('axes', [2], [1, 2])], {
  keep_dims: { b: true },
})
const flat = node('flat', 'Squeeze', [features], { squeeze_dims: integers(1, 2) })
const logits = node(
  'logits',
  '_FusedMatMul',
  [flat, constant('head/kernel', [6, 4]), constant('head/bias', [4])],
  {
    fused_ops: words('BiasAdd'),
    transpose_a: { b: false },
    transpose_b: { b: false },
    num_args: { i: '1' },
    epsilon: { f: 0 },
  },
)
const classes = node('classes', 'Softmax', [logits])

export const names = { pool: features, classes }

const data = Buffer.concat(values.map((part) => Buffer.from(part.buffer)))
export const artifacts: io.ModelArtifacts = {
  format: 'graph-model',
  modelTopology: { node: nodes, versions: { producer: 1 } },
  weightSpecs: specs,
  weightData: new Uint8Array(data).buffer,
}
