import { expect, it } from 'vitest'
import { differentWords, sameWords } from '../../../src-renderer/review/previewWords.ts'

const preview = (images: number, following: number) => ({
  images: Array.from({ length: images }, (_, i) => i),
  following,
  against: [],
})

it('says how many images and labels “same” joins, and what follows', () => {
  const two = [
    { name: 'tabby', images: 80 },
    { name: 'siamese', images: 63 },
  ]
  expect(sameWords(preview(5, 5), two)).toBe(
    'joins 5 images of 2 labels (tabby, siamese: 143 images); 5 more pairs follow',
  )
  expect(sameWords(preview(3, 1), two.slice(0, 1))).toBe(
    'joins 3 images of tabby; 1 more pair follows',
  )
  expect(sameWords(preview(2, 0), [])).toBe('joins 2 images')
})

it('says what “different” keeps apart', () => {
  expect(differentWords(preview(2, 0))).toBe('keeps the two apart')
  expect(differentWords(preview(4, 3))).toBe(
    'keeps 4 images apart in two groups; 3 more pairs follow',
  )
})
