import { describe, expect, it } from 'vitest'
import { parseQuery, queryTerms, termOf, withTerm } from '../../../src-renderer/library/query.ts'
import { madeTable } from './madeTable.ts'

const table = madeTable()

function found(query: string): readonly number[] {
  const { isShown } = parseQuery(query, table)
  return [...table.ids.keys()].filter(isShown)
}

describe('parseQuery', () => {
  it('understands all that the help offers', () => {
    for (const { example } of queryTerms) expect(parseQuery(example, table).problem).toBeNull()
  })

  it.each([
    ['', [0, 1, 2, 3, 4]],
    ['img', [1, 2, 4]],
    ['WREN/', [0, 3]],
    ['label:tit', [1, 4]],
    ['-label:tit', [0, 2, 3]],
    ['group:"song birds"', [1, 4]],
    ['unlabeled', [2]],
    ['is:unlabelled', [2]],
    ['is:labeled is:excluded', [1]],
    ['is:duplicate', [1, 4]],
    ['dup:', [1, 4]],
    ['split:test', [1, 4]],
    ['split:train', [2]],
    ['label:tit -is:excluded img2', [4]],
    ['is:trashed', [5]],
    ['-is:trashed', [0, 1, 2, 3, 4]],
    ['label:none', []],
  ])('finds with %j', (query, rows) => {
    expect(found(query)).toEqual(rows)
  })

  it.each([
    ['colour:red', /no “colour:”/],
    ['split:never', /training, heldout or auto/],
    ['is:blue', /“is:blue” is none/],
  ])('says what is wrong with %j, and shows all but the trash', (query, problem) => {
    expect(parseQuery(query, table).problem).toMatch(problem)
    expect(found(query)).toHaveLength(5)
  })

  it('keeps what is being typed from hiding everything', () => {
    expect(parseQuery('label:', table).problem).toBeNull()
    expect(found('"img2')).toEqual([2, 4])
  })
})

describe('withTerm', () => {
  it('puts a term in and takes it out again', () => {
    const term = termOf('label', 'song thrush')
    expect(term).toBe('label:"song thrush"')
    expect(withTerm('img', term)).toBe('img label:"song thrush"')
    expect(withTerm('img label:"song thrush" x', term)).toBe('img x')
  })
})
