import { expect, it } from 'vitest'
import { scopeWords } from '../../../src-renderer/review/effectWords.ts'

it.each([
  ['labels', ['tabby'], true, 'inside tabby'],
  ['labels', ['tabby', 'wren'], false, 'between tabby and wren'],
  ['clusters', [], true, 'inside this cluster'],
  ['clusters', [], false, 'between these two clusters'],
] as const)('says whose push %s %j is', (kind, names, isOne, words) => {
  expect(scopeWords({ kind, names, images: 3 }, isOne)).toBe(words)
})
