import { describe, expect, it } from 'vitest'
import type { ImageTable } from '../../../src-main/contract/images.ts'
import type { Verdict } from '../../../src-main/contract/journal.ts'
import { readVerdictTable, verdictTable } from '../../../src-main/workbench/verdictTable.ts'

/** Images 1 … 6; 2 and 3 have the same bytes; 4 is gone. */
const table = {
  ids: Int32Array.of(1, 2, 3, 5, 6, 7, 8),
  paths: [
    'a/one.png',
    'a/two.png',
    'b/two again.png',
    'b/"five", six.png',
    'ü/6.png',
    'twin.png',
    'twin.png',
  ],
  hashes: ['h1', 'h2', 'h2', 'h5', 'h6', 'h7', 'h8'],
} as unknown as ImageTable

const verdicts: readonly Verdict[] = [
  { a: 1, b: 2, verdict: 'same' },
  { a: 1, b: 4, verdict: 'different' },
  { a: 5, b: 6, verdict: 'ignore' },
  { a: 2, b: 3, verdict: 'duplicate' },
  { a: 7, b: 8, verdict: 'later' },
]

const read = (text: string, known: readonly Verdict[] = [], isReplacing = false) => {
  const { report, command } = readVerdictTable(text, table, known, isReplacing)
  return { ...report, command }
}

const judged = (result: ReturnType<typeof read>): Verdict[] =>
  result.command?.kind !== 'together'
    ? []
    : result.command.commands.flatMap((command) =>
        command.kind !== 'verdict' || command.verdict === 'none'
          ? []
          : Array.from({ length: command.pairs.length / 2 }, (_, i) => ({
              a: command.pairs[2 * i]!,
              b: command.pairs[2 * i + 1]!,
              verdict: command.verdict as Verdict['verdict'],
            })),
      )

const byPair = (list: readonly Verdict[]) => list.toSorted((x, y) => x.a - y.a || x.b - y.b)

describe('verdictTable', () => {
  it('is read again without loss, also where images are gone', () => {
    const text = verdictTable(verdicts, table)
    const result = read(text)
    expect(result.problems).toEqual([])
    expect(result).toMatchObject({ rows: 5, changed: 5, unchanged: 0, onGone: 1 })
    expect(byPair(judged(result))).toEqual(byPair(verdicts))
    expect(verdictTable(byPair(judged(result)), table)).toBe(verdictTable(byPair(verdicts), table))
  })

  it('changes nothing where the project knows all of it', () => {
    const result = read(verdictTable(verdicts, table), verdicts)
    expect(result).toMatchObject({ changed: 0, unchanged: 5, problems: [], command: null })
  })

  it('finds images by path or by bytes, where files were moved', () => {
    const result = read(
      'verdict,first,second,first_hash,second_hash\n' +
        'same,elsewhere/one.png,ü/6.png,h1,\n' +
        'different,a/two.png,a/one.png,,\n',
    )
    expect(judged(result)).toEqual([
      { a: 1, b: 6, verdict: 'same' },
      { a: 1, b: 2, verdict: 'different' },
    ])
  })

  it('reports by line what it cannot use, and takes in the rest', () => {
    const result = read(
      'verdict,first,second,second_hash\n' +
        'maybe,a/one.png,a/two.png,\n' +
        'same,a/one.png,nowhere.png,\n' +
        'same,a/one.png,a/one.png,\n' +
        'same,a/one.png,twin.png,\n' +
        'same,a/one.png,twin.png,h8\n' +
        '\n' +
        'later,ü/6.png\n',
    )
    expect(result.problems.map(({ line, message }) => [line, message])).toEqual([
      [2, expect.stringContaining('verdict “maybe”')],
      [3, expect.stringContaining('“nowhere.png”, which is no image')],
      [4, expect.stringContaining('against itself')],
      [5, expect.stringContaining('2 images are called')],
      [8, expect.stringContaining('no image of the project')],
    ])
    expect(judged(result)).toEqual([{ a: 1, b: 8, verdict: 'same' }])
  })

  it('lets the first of two lines count, and the project, unless it is told otherwise', () => {
    const text =
      'verdict,first,second\n' +
      'same,a/one.png,ü/6.png\n' +
      'different,ü/6.png,a/one.png\n' +
      'same,ü/6.png,a/one.png\n' +
      'ignore,a/one.png,a/two.png\n'
    const known: readonly Verdict[] = [{ a: 1, b: 2, verdict: 'different' }]
    const kept = read(text, known)
    expect(kept.problems.map(({ line }) => line)).toEqual([3, 5])
    expect(kept.problems[0]!.message).toContain('line 2 says same')
    expect(kept.problems[1]!.message).toContain('the project says different')
    expect(judged(kept)).toEqual([{ a: 1, b: 6, verdict: 'same' }])
    const replaced = read(text, known, true)
    expect(replaced.problems.map(({ line }) => line)).toEqual([3])
    expect(judged(replaced)).toContainEqual({ a: 1, b: 2, verdict: 'ignore' })
  })

  it('reports a line that a chain of verdicts contradicts', () => {
    const known: readonly Verdict[] = [{ a: 1, b: 2, verdict: 'same' }]
    const result = read(
      'verdict,first,second\n' +
        'same,a/two.png,ü/6.png\n' +
        'different,a/one.png,ü/6.png\n' +
        'different,a/one.png,"b/""five"", six.png"\n' +
        'same,ü/6.png,"b/""five"", six.png"\n',
      known,
    )
    expect(result.problems.map(({ line }) => line)).toEqual([3, 5])
    expect(result.problems[0]!.message).toContain(
      'chain of “same” joins the two images: the project on a/one.png and a/two.png, line 2;',
    )
    expect(result.problems[1]!.message).toContain('called different: line 4; it is left out')
    expect(result.changed).toBe(2)
  })

  it('replaces only as far as the rest allows', () => {
    const known: readonly Verdict[] = [
      { a: 1, b: 2, verdict: 'same' },
      { a: 2, b: 6, verdict: 'same' },
      { a: 1, b: 6, verdict: 'later' },
    ]
    const result = read('verdict,first,second\ndifferent,a/one.png,ü/6.png\n', known, true)
    expect(result.problems.map(({ line }) => line)).toEqual([2])
    expect(result.command).toBeNull()
  })

  it.each([
    ['', /first line of the table is “”/],
    ['file,label\nx,y\n', /verdict, first and second/],
    ['verdict,first,second\n"same', /no CSV/],
    ['\u0000\u0001x"\u0002', /no CSV: Invalid Opening Quote[^\u0001]*$/],
  ])('refuses %j with a way out', (text, message) => {
    expect(() => read(text)).toThrow(message)
  })
})
