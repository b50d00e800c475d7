import { expect, it } from 'vitest'
import { cardPlace } from '../../../src-renderer/sphere/cardPlace.ts'

const card = { width: 280, height: 200 }
const view = { width: 800, height: 600 }

it('stands beside its point, on the side of the rim or where there is room', () => {
  expect(cardPlace({ x: 390, y: 300 }, card, view).left + card.width).toBeLessThan(390)
  expect(cardPlace({ x: 420, y: 300 }, card, view).left).toBeGreaterThan(420)
  expect(cardPlace({ x: 200, y: 300 }, card, view).left).toBeGreaterThan(200)
  expect(cardPlace({ x: 700, y: 300 }, card, view).left + card.width).toBeLessThan(700)
})

it('stays inside the view', () => {
  for (const x of [0, 1, 400, 799]) {
    for (const y of [0, 300, 599]) {
      const { left, top } = cardPlace({ x, y }, card, view)
      expect(Math.min(left, top)).toBeGreaterThanOrEqual(8)
      expect(left + card.width).toBeLessThanOrEqual(view.width - 8)
      expect(top + card.height).toBeLessThanOrEqual(view.height - 8)
    }
  }
})

it('shows its upper left corner in a view that is too small for it', () => {
  expect(cardPlace({ x: 50, y: 50 }, card, { width: 100, height: 100 })).toEqual({
    left: 8,
    top: 8,
  })
})
