import { arcFaceLoss } from '../arcFace.ts'
import { cosFaceLoss } from '../cosFace.ts'
import type { Loss } from '../loss.ts'
import { normalizedSoftmaxLoss } from '../normalizedSoftmax.ts'
import { p2sGradLoss } from '../p2sGrad.ts'
import { learntProxies } from '../proxies.ts'
import type { ProxyOptions } from '../proxies.ts'
import { proxyAnchorLoss } from '../proxyAnchor.ts'
import { proxyNcaLoss } from '../proxyNca.ts'
import { softTripleLoss } from '../softTriple.ts'
import { sphereFaceFactors, sphereFaceLoss } from '../sphereFace.ts'
import { built, distanceFrom } from './builder.ts'
import type { Builder, BuiltLoss } from './builder.ts'

const reducer = { kind: 'mean' } as const

export const proxyBuilders: Readonly<Record<string, Builder>> = {
  'proxy-nca': (read) =>
    ofProxies(proxyNcaLoss, {
      scale: read.number('scale'),
      ...distanceFrom(read),
      reducer,
      proxyRate: read.number('proxyRate'),
    }),
  'proxy-anchor': ({ number }) =>
    ofProxies(proxyAnchorLoss, {
      margin: number('margin'),
      scale: number('scale'),
      proxyRate: number('proxyRate'),
    }),
  'soft-triple': ({ number }) =>
    ofProxies(softTripleLoss, {
      centres: number('centres'),
      scale: number('scale'),
      softness: number('softness'),
      margin: number('margin'),
      merging: number('merging'),
      reducer,
      proxyRate: number('proxyRate'),
    }),
  arcface: ({ number }) =>
    ofProxies(arcFaceLoss, {
      angle: number('angle'),
      scale: number('scale'),
      centres: 1,
      reducer,
      proxyRate: number('proxyRate'),
    }),
  'sub-center-arcface': ({ number }) =>
    ofProxies(arcFaceLoss, {
      angle: number('angle'),
      scale: number('scale'),
      centres: number('centres'),
      reducer,
      proxyRate: number('proxyRate'),
    }),
  cosface: ({ number }) =>
    ofProxies(cosFaceLoss, {
      margin: number('margin'),
      scale: number('scale'),
      reducer,
      proxyRate: number('proxyRate'),
    }),
  sphereface: ({ number, choice }) => ({
    ...ofProxies(sphereFaceLoss, {
      factor: choice('angleFactor', sphereFaceFactors),
      scale: number('scale'),
      reducer,
      proxyRate: number('proxyRate'),
    }),
    needsRaw: true,
  }),
  'normalized-softmax': ({ number }) =>
    ofProxies(normalizedSoftmaxLoss, {
      temperature: number('temperature'),
      reducer,
      proxyRate: number('proxyRate'),
    }),
  'p2s-grad': ({ number }) => ofProxies(p2sGradLoss, { reducer, proxyRate: number('proxyRate') }),
}

function ofProxies<P extends ProxyOptions>(loss: Loss<P>, params: P): BuiltLoss {
  return {
    ...built(loss, params),
    learntOf: (context) => learntProxies(params, context),
    needsLabels: true,
    takesMemory: false,
  }
}
