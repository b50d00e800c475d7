import { arcFaceLoss } from '../../../src-main/losses/arcFace.ts'
import type { ArcFaceParams } from '../../../src-main/losses/arcFace.ts'
import { cosFaceLoss } from '../../../src-main/losses/cosFace.ts'
import { normalizedSoftmaxLoss } from '../../../src-main/losses/normalizedSoftmax.ts'
import { p2sGradLoss } from '../../../src-main/losses/p2sGrad.ts'
import { learntProxies } from '../../../src-main/losses/proxies.ts'
import { proxyAnchorLoss } from '../../../src-main/losses/proxyAnchor.ts'
import { proxyNcaLoss } from '../../../src-main/losses/proxyNca.ts'
import type { ProxyNcaParams } from '../../../src-main/losses/proxyNca.ts'
import { softTripleLoss } from '../../../src-main/losses/softTriple.ts'
import type { SoftTripleParams } from '../../../src-main/losses/softTriple.ts'
import { sphereFaceLoss } from '../../../src-main/losses/sphereFace.ts'
import type { SphereFaceParams } from '../../../src-main/losses/sphereFace.ts'
import type { Matrix } from './madeBatches.ts'
import { describeLoss, dot, logOnePlus, logSumExp, mean, relu, sum } from './lossChecks.ts'
import type { Pairs } from './lossChecks.ts'

const usual = { reducer: { kind: 'mean' }, proxyRate: 1 } as const

/** Proxies as they are learnt, and made unit rows. */
function proxiesIn({ learnt, z }: Pairs): { raw: Matrix; unit: Matrix } {
  const [flat, dim] = [learnt['proxies']!, z[0]!.length]
  const raw = Array.from({ length: flat.length / dim }, (_, k) =>
    flat.slice(k * dim, (k + 1) * dim),
  )
  return { raw, unit: raw.map((row) => row.map((x) => x / Math.hypot(...row))) }
}

/** Mean over rows with a label of −log softmax of its logit. */
function crossEntropies(
  { labels }: Pairs,
  logitsOf: (row: number, own: number) => readonly number[],
): number {
  const terms = labels.flatMap((label, i) => {
    if (label < 0) return []
    const logits = logitsOf(i, label)
    return [logSumExp(logits) - logits[label]!]
  })
  return mean(terms)
}

describeLoss<ProxyNcaParams>({
  title: 'Proxy NCA',
  loss: proxyNcaLoss,
  learntOf: learntProxies,
  isOfLabels: true,
  params: { ...usual, scale: 1, distance: { kind: 'lp', p: 2, power: 2, isUnit: true } },
  others: [
    { ...usual, scale: 8, distance: { kind: 'lp', p: 2, power: 2, isUnit: true } },
    { ...usual, scale: 20, distance: { kind: 'cosine' } },
  ],
  loops: (pairs, { scale, distance }) => {
    const { unit } = proxiesIn(pairs)
    return crossEntropies(pairs, (i) =>
      unit.map((v) => {
        const s = dot(pairs.z[i]!, v)
        return -scale * (distance.kind === 'cosine' ? 1 - s : 2 - 2 * s)
      }),
    )
  },
})

describeLoss({
  title: 'Proxy anchor',
  loss: proxyAnchorLoss,
  learntOf: learntProxies,
  isOfLabels: true,
  params: { margin: 0.1, scale: 32, proxyRate: 1 },
  others: [{ margin: 0.2, scale: 16, proxyRate: 1 }],
  loops: (pairs, { margin, scale }) => {
    const { unit } = proxiesIn(pairs)
    const { labels, z } = pairs
    const ofLabel = (k: number, isOwn: boolean) =>
      labels.flatMap((label, i) =>
        label >= 0 && (label === k) === isOwn ? [dot(z[i]!, unit[k]!)] : [],
      )
    const present = new Set(labels.filter((label) => label >= 0)).size
    const pull = unit.map((_, k) => logOnePlus(ofLabel(k, true).map((s) => scale * (margin - s))))
    const push = unit.map((_, k) => logOnePlus(ofLabel(k, false).map((s) => scale * (s + margin))))
    return sum(pull) / present + sum(push) / unit.length
  },
})

const softTriple: SoftTripleParams = {
  ...usual,
  centres: 3,
  scale: 20,
  softness: 0.1,
  margin: 0.01,
  merging: 0,
}

describeLoss<SoftTripleParams>({
  title: 'SoftTriple',
  loss: softTripleLoss,
  learntOf: learntProxies,
  isOfLabels: true,
  params: softTriple,
  others: [{ ...softTriple, centres: 2, scale: 10, softness: 0.2, margin: 0.05 }],
  loops: (pairs, { centres, scale, softness, margin }) => {
    const { unit } = proxiesIn(pairs)
    return crossEntropies(pairs, (i, own) =>
      Array.from({ length: unit.length / centres }, (_, c) => {
        const cosines = unit.slice(c * centres, (c + 1) * centres).map((w) => dot(pairs.z[i]!, w))
        const weights = cosines.map((s) => Math.exp(s / softness))
        const shared = sum(cosines.map((s, k) => (s * weights[k]!) / sum(weights)))
        return scale * (shared - (c === own ? margin : 0))
      }),
    )
  },
})

describeLoss<SoftTripleParams>({
  title: 'SoftTriple that merges centres',
  loss: softTripleLoss,
  learntOf: learntProxies,
  isOfRows: true,
  params: { ...softTriple, scale: 1, merging: 0.2 },
  loops: (pairs, { centres, scale, softness, margin, merging }) => {
    const { unit } = proxiesIn(pairs)
    const value = crossEntropies(pairs, (i, own) =>
      Array.from({ length: unit.length / centres }, (_, c) => {
        const cosines = unit.slice(c * centres, (c + 1) * centres).map((w) => dot(pairs.z[i]!, w))
        const weights = cosines.map((s) => Math.exp(s / softness))
        const shared = sum(cosines.map((s, k) => (s * weights[k]!) / sum(weights)))
        return scale * (shared - (c === own ? margin : 0))
      }),
    )
    const apart = unit.flatMap((w, s) =>
      unit.flatMap((v, t) =>
        s < t && Math.floor(s / centres) === Math.floor(t / centres)
          ? [Math.sqrt(2 - 2 * dot(w, v))]
          : [],
      ),
    )
    return value + merging * mean(apart)
  },
})

const arcFace: ArcFaceParams = { ...usual, angle: 28.6, scale: 64, centres: 1 }

describeLoss<ArcFaceParams>({
  title: 'ArcFace',
  loss: arcFaceLoss,
  learntOf: learntProxies,
  isOfLabels: true,
  params: arcFace,
  others: [
    { ...arcFace, scale: 16, angle: 80 },
    { ...arcFace, scale: 8, centres: 3 },
  ],
  loops: (pairs, { angle, scale, centres }) => {
    const { unit } = proxiesIn(pairs)
    const m = (angle * Math.PI) / 180
    return crossEntropies(pairs, (i, own) =>
      Array.from({ length: unit.length / centres }, (_, c) => {
        const cosine = Math.max(
          ...unit.slice(c * centres, (c + 1) * centres).map((w) => dot(pairs.z[i]!, w)),
        )
        const theta = Math.acos(cosine)
        if (c !== own) return scale * cosine
        return scale * (theta <= Math.PI - m ? Math.cos(theta + m) : cosine - m * Math.sin(m))
      }),
    )
  },
})

describeLoss({
  title: 'CosFace',
  loss: cosFaceLoss,
  learntOf: learntProxies,
  isOfLabels: true,
  params: { ...usual, margin: 0.35, scale: 64 },
  others: [{ ...usual, margin: 0.2, scale: 16 }],
  loops: (pairs, { margin, scale }) => {
    const { unit } = proxiesIn(pairs)
    return crossEntropies(pairs, (i, own) =>
      unit.map((w, c) => scale * (dot(pairs.z[i]!, w) - (c === own ? margin : 0))),
    )
  },
})

describeLoss({
  title: 'Normalized softmax',
  loss: normalizedSoftmaxLoss,
  learntOf: learntProxies,
  isOfLabels: true,
  params: { ...usual, temperature: 0.05 },
  others: [
    { ...usual, temperature: 0.5 },
    { ...usual, temperature: 0.01 },
  ],
  loops: (pairs, { temperature }) => {
    const { unit } = proxiesIn(pairs)
    return crossEntropies(pairs, (i) => unit.map((w) => dot(pairs.z[i]!, w) / temperature))
  },
})

const sphereFace: SphereFaceParams = { ...usual, factor: '4', scale: 1 }

describeLoss<SphereFaceParams>({
  title: 'SphereFace',
  loss: sphereFaceLoss,
  learntOf: learntProxies,
  isOfLabels: true,
  params: sphereFace,
  others: [
    { ...sphereFace, factor: '2' },
    { ...sphereFace, factor: '3', scale: 3 },
  ],
  loops: (pairs, { factor, scale }) => {
    const { unit } = proxiesIn(pairs)
    return crossEntropies(pairs, (i, own) =>
      unit.map((w, c) => {
        const cosine = dot(pairs.z[i]!, w)
        const turned = Number(factor) * Math.acos(cosine)
        const k = Math.floor(turned / Math.PI)
        const psi = (-1) ** k * Math.cos(turned) - 2 * k
        return scale * Math.hypot(...pairs.raw[i]!) * (c === own ? psi : cosine)
      }),
    )
  },
})

describeLoss({
  title: 'P2SGrad',
  loss: p2sGradLoss,
  learntOf: learntProxies,
  isOfLabels: true,
  params: usual,
  loops: (pairs) => {
    const { unit } = proxiesIn(pairs)
    const terms = pairs.labels.flatMap((label, i) =>
      label < 0
        ? []
        : [sum(unit.map((w, c) => (dot(pairs.z[i]!, w) - (c === label ? 1 : 0)) ** 2)) / 2],
    )
    return mean(terms.map(relu))
  },
})
