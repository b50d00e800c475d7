/**
 * The one door to TensorFlow.js: everything else writes `import * as tf from '…/numeric/tf.ts'`.
 * The union package, because `@tensorflow/tfjs-core` alone comes without gradients. Use its
 * operations as functions (`tf.mul(a, b)`), never chained.
 */
export * from '@tensorflow/tfjs'
