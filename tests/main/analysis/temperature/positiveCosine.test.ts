import { expect, it } from 'vitest'
import { pairStatistics } from '../../../../src-main/analysis/temperature/pairStatistics.ts'
import { positiveCosine } from '../../../../src-main/analysis/temperature/positiveCosine.ts'
import { madeRows } from '../madeRows.ts'

const rows = madeRows({ count: 40, dim: 6, centres: 4, spread: 0.3 })
const labels = Int32Array.from({ length: 40 }, (_, i) => (i % 7 === 0 ? -1 : i % 4))

it('is the mean over the pairs of one label where labels make positives', () => {
  const { alignment } = pairStatistics(rows, labels)
  expect(positiveCosine('metric', rows, labels).value).toBeCloseTo(1 - alignment! / 2, 6)
  const broken = { ...rows, data: rows.data.slice() }
  broken.data[6] = NaN
  expect(positiveCosine('mixed', broken, labels).value).toBeGreaterThan(0)
})

it('is another view of the image where labels do not, or where there are none', () => {
  expect(positiveCosine('contrastive', rows, labels).value).toBe(1)
  const none = positiveCosine(
    'mixed',
    rows,
    labels.map(() => -1),
  )
  expect(none.value).toBe(1)
  expect(none.assumption).toContain('another view')
})
