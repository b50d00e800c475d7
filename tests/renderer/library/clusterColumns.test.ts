import { describe, expect, it } from 'vitest'
import type { Cluster, Clustering } from '../../../src-main/contract/clusters.ts'
import { arrange } from '../../../src-renderer/library/arrange.ts'
import { clusterColumns } from '../../../src-renderer/library/clusterColumns.ts'
import { madeTable } from './madeTable.ts'

const table = madeTable()
const rowOf = new Map([...table.ids].map((id, row) => [id, row]))

function cluster(number: number, name: string | null): Cluster {
  return {
    number,
    name,
    splitFrom: null,
    size: 2,
    prototype: 11,
    concentration: null,
    meanCosine: 1,
    label: null,
    purity: null,
    nearest: null,
    separationDegrees: null,
    silhouette: 0,
    outliers: new Int32Array(0),
  }
}

/** Image 99 is gone since, 14 has no cluster, and 16 came after the run. */
const clustering: Clustering = {
  run: 'a',
  epoch: 3,
  method: { kind: 'louvain', resolution: 1 },
  ids: Int32Array.of(99, 15, 11, 12, 13, 14),
  numbers: Int32Array.of(4, 4, 7, 4, 7, -1),
  cosines: new Float32Array(6),
  silhouettes: Float32Array.of(0, 0.5, 0.25, -0.5, 0.75, 0),
  silhouette: 0.2,
  clusters: [cluster(7, 'birds'), cluster(4, null)],
}
const clusters = clusterColumns(clustering, rowOf, table.ids.length)
const isShown = () => true

describe('clusters of a run', () => {
  it('stand by row of the table', () => {
    expect(clusters).toEqual({
      titles: ['birds · cluster 7', 'Cluster 4'],
      keys: Int32Array.of(0, 1, 0, -1, 1, -1),
    })
  })

  it('group the library, and what is in none comes last', () => {
    const { order, groups } = arrange(table, {
      groupBy: 'cluster',
      sortBy: 'outlier',
      isShown,
      columns: clusters,
      values: Float32Array.of(0.75, 0.5, 0.25, NaN, 0.5, 1),
    })
    expect(groups.map(({ title, from, to }) => [title, from, to])).toEqual([
      ['birds · cluster 7', 0, 2],
      ['Cluster 4', 2, 4],
      ['in no cluster', 4, 6],
    ])
    expect([...order]).toEqual([0, 2, 1, 4, 5, 3])
  })

  it('are not missed where there are none', () => {
    const { order, groups } = arrange(table, { groupBy: 'cluster', sortBy: 'loss', isShown })
    expect(groups.map(({ title }) => title)).toEqual(['in no cluster'])
    expect([...order]).toEqual([0, 1, 2, 3, 4, 5])
  })
})
