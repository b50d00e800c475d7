import { expect, it } from 'vitest'
import { changesWords } from '../../../src-renderer/library/changesWords.ts'

it.each([
  [{ added: 3, changed: 0, moved: 0, gone: 1 }, '3 new files, 1 gone'],
  [{ added: 1, changed: 2, moved: 4, gone: 0 }, '1 new file, 2 changed, 4 moved'],
  [{ added: 0, changed: 1, moved: 0, gone: 0 }, '1 file changed'],
  [{ added: 0, changed: 0, moved: 0, gone: 1200 }, '1,200 files gone'],
])('says of %o: %s', (changes, words) => {
  expect(changesWords(changes)).toBe(words)
})
