import { createPinia } from 'pinia'
import { expect, it } from 'vitest'
import { useSelection } from '../../../src-renderer/stores/selection.ts'

function selection() {
  return useSelection(createPinia())
}

it('replaces, toggles, adds, removes and inverts', () => {
  const store = selection()
  store.replace([1, 2])
  store.toggle(2)
  store.toggle(3)
  store.add([5, 6])
  store.remove([1])
  expect([...store.ids]).toEqual([3, 5, 6])
  store.invert([1, 3, 4])
  expect([...store.ids]).toEqual([1, 4])
})

it('knows the only image, and none among several', () => {
  const store = selection()
  store.replace([7])
  expect(store.single).toBe(7)
  store.add([8])
  expect(store.single).toBeNull()
})

it('keeps the anchor of a range while images are added', () => {
  const store = selection()
  store.replace([4])
  store.add([5, 6])
  expect(store.anchor).toBe(4)
})

it('walks back and forth through what was selected', () => {
  const store = selection()
  store.replace([1])
  store.replace([2])
  store.walk(-1)
  expect([...store.ids]).toEqual([1])
  store.walk(1)
  store.walk(1)
  expect([...store.ids]).toEqual([2])
  store.walk(-1)
  store.replace([3])
  store.walk(1)
  expect([...store.ids]).toEqual([3])
})

it('does not remember the same selection twice', () => {
  const store = selection()
  store.replace([1, 2])
  store.replace([2, 1])
  store.walk(-1)
  expect(store.count).toBe(0)
})
