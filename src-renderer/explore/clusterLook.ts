import type { Cluster } from '../../src-main/contract/clusters.ts'
import type { ImageId } from '../../src-main/contract/images.ts'
import { greyOf, labelColours, namedColours } from '../library/labelColours.ts'
import type { Theme } from '../library/labelColours.ts'

/** A name that several have tells nothing: then the image in the middle stands for them. */
export function clusterNames(
  clusters: readonly Pick<Cluster, 'number' | 'name' | 'prototype'>[],
  imageOf: (id: ImageId) => { readonly path: string; readonly labelName: string | null } | null,
): ReadonlyMap<number, string> {
  const counts = new Map<string, number>()
  for (const { name } of clusters) if (name !== null) counts.set(name, (counts.get(name) ?? 0) + 1)
  return new Map(
    clusters.map(({ number, name, prototype }) => {
      if (name !== null && counts.get(name) === 1) return [number, name]
      const image = imageOf(prototype)
      const file = image?.path
        .split('/')
        .at(-1)
        ?.replace(/\.[^.]+$/, '')
      return [number, `around ${image?.labelName ?? file ?? number}`]
    }),
  )
}

/** Of the place that a cluster has among the colours. */
export function slotColour(slot: number, theme: Theme): string {
  const colours = labelColours(slot < namedColours ? namedColours : slot + 1, theme)
  return colours[slot] ?? greyOf[theme]
}
