import type { EngineKind } from '../contract/engines.ts'
import { WorkbenchError } from '../contract/errors.ts'
import type { RunConfig } from '../contract/runs.ts'
import { partsOf } from '../model/layer.ts'
import type { Activation, Layer } from '../model/layer.ts'
import { ruleOf } from '../model/layers/catalogue.ts'
import type { Network } from '../model/network.ts'
import { placeLayers } from '../model/network.ts'
import { specsOf } from '../model/weights.ts'
import { networkOf } from './networkOf.ts'
import { viewsOf } from './views.ts'

/** What there is for a run. */
export interface MemoryLimits {
  /** That the process may still take; of no account where a graphics card holds the tensors. */
  readonly freeBytes: number
  /** The largest tensor that the device takes; null where there is no such limit. */
  readonly largestTensorBytes: number | null
}

/**
 * Says before a run begins that its batches will not fit. The need is estimated on the low side, so that
 * nothing is refused that would have fitted.
 *
 * @throws WorkbenchError `bad-request` with need, limit and the batch size to try
 */
export function checkMemory(config: RunConfig, limits: MemoryLimits): void {
  const { batchSize } = config.settings
  const { fixedBytes, bytesPerImage, largestTensorBytesPerImage } = memoryNeedOf(config)
  const { freeBytes, largestTensorBytes } = limits
  if (largestTensorBytes !== null && batchSize * largestTensorBytesPerImage > largestTensorBytes)
    throw tooLarge(
      `The largest tensor of a batch of ${batchSize} images would take ` +
        `${sizeText(batchSize * largestTensorBytesPerImage)}, and the graphics card takes tensors of ` +
        `at most ${sizeText(largestTensorBytes)}.`,
      largestTensorBytes / largestTensorBytesPerImage,
    )
  const need = fixedBytes + batchSize * bytesPerImage
  if (isOnGraphicsCard(config.engine) || need <= freeBytes) return
  throw tooLarge(
    `A batch of ${batchSize} images of ${config.settings.imageSize} px would take about ` +
      `${sizeText(need)} on ${config.engine}, and ${sizeText(freeBytes)} of memory are free.`,
    (freeBytes - fixedBytes) / bytesPerImage,
  )
}

interface MemoryNeed {
  /** Program, libraries, weights and what the optimizer remembers. */
  readonly fixedBytes: number
  /** Of a training step, for each image of a batch with all its views. */
  readonly bytesPerImage: number
  readonly largestTensorBytesPerImage: number
}

/** Estimated from the sizes of all maps between layers. */
export function memoryNeedOf(config: RunConfig): MemoryNeed {
  const network = networkOf(config.settings, config.imported)
  const maps = mapSizes(network)
  const views = viewsOf(config.regime)
  const weights = specsOf(network).reduce((sum, { shape }) => sum + productOf(shape), 0)
  const numbers = maps.reduce((sum, size) => sum + size, 0)
  return {
    fixedBytes: programBytes + weightCopies * bytesPerNumber * weights,
    bytesPerImage: views * bytesPerNumber * numbers * copiesOf(config.engine),
    largestTensorBytesPerImage: views * bytesPerNumber * Math.max(...maps),
  }
}

const bytesPerNumber = 4
/** Node with its tensor libraries, before anything is trained. */
const programBytes = 200e6
/** The weights themselves, their gradient, two slots of Adam and a graph's copy. */
const weightCopies = 5

/**
 * How often a step holds each map at its peak, at least: ONNX Runtime frees and reuses what it can,
 * TensorFlow.js keeps all of the way forward and frees its gradients at the end.
 */
function copiesOf(engine: EngineKind): number {
  return engine === 'native' ? 1 : 2
}

function isOnGraphicsCard(engine: EngineKind): boolean {
  return engine === 'cuda' || engine === 'webgpu'
}

/** Numbers of the image and of the output of each layer, layers within layers too. */
function mapSizes(network: Network): readonly number[] {
  const { backbone, projector } = placeLayers(network)
  const { size, channels } = network.input
  const placed = [...backbone, ...projector]
  return [size * size * channels, ...placed.flatMap(({ layer, input }) => sizesIn(layer, input))]
}

function sizesIn(layer: Layer, input: Activation): readonly number[] {
  // Of frozen layers a step keeps nothing but what they end in.
  if (layer.kind === 'frozen') return [sizeOf(ruleOf(layer).outputOf(input))]
  const inner = partsOf(layer).flatMap((part) => {
    let at = input
    return part.flatMap((within) => {
      const sizes = sizesIn(within, at)
      at = ruleOf(within).outputOf(at)
      return sizes
    })
  })
  return [...inner, sizeOf(ruleOf(layer).outputOf(input))]
}

function sizeOf(activation: Activation): number {
  return activation.kind === 'map'
    ? activation.height * activation.width * activation.channels
    : activation.channels
}

function productOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1)
}

/** @param fitting images that would fit */
function tooLarge(what: string, fitting: number): WorkbenchError {
  const whole = Math.floor(fitting)
  const batch = whole >= 16 ? whole - (whole % 8) : whole
  const wayOut =
    batch >= smallestBatch
      ? `Try a batch size of ${batch}, or smaller images.`
      : 'Take smaller images or a narrower network, or close other programs.'
  return new WorkbenchError('bad-request', `${what} ${wayOut}`)
}

/** As in the settings. */
const smallestBatch = 4

function sizeText(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.ceil(bytes / 1e6)} MB`
}
