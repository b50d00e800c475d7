import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { exportLabels } from '../../../src-main/workbench/labelExport.ts'
import { readLabelTable } from '../../../src-main/workbench/labelTable.ts'
import { madeTable } from '../../renderer/library/madeTable.ts'
import { tempFolder } from '../data/tempFolder.ts'

const table = madeTable()
const absolute = table.paths.map((path) => `/pictures/${path}`)
const read = (text: string) => readLabelTable(text, table, absolute)

describe('a table of labels', () => {
  it('finds images by path, absolute path and unique name, and tells what would change', () => {
    const { report, commandsOf } = read(
      [
        '\uFEFFFile,Label,Super-label,Split',
        'wren/b.png,"robin, red",song birds,train',
        '/pictures/tit/img10.png,tit,,',
        'c.png,wren,,test',
        'img2.png,,,',
        'wren/a.png,"robin, red",,',
      ].join('\r\n'),
    )
    expect(report).toEqual({
      rows: 5,
      changed: 3,
      unchanged: 2,
      newLabels: ['robin, red'],
      problems: [],
    })
    expect(commandsOf(table)).toEqual([
      {
        kind: 'createLabel',
        name: 'robin, red',
        parent: 'song birds',
        images: Int32Array.of(11, 14),
      },
      { kind: 'label', images: Int32Array.of(16), label: 3 },
      { kind: 'split', images: Int32Array.of(11), split: 'training' },
      { kind: 'split', images: Int32Array.of(16), split: 'heldOut' },
    ])
  })

  it('takes the first of two columns of one meaning', () => {
    expect(read('file,label,path\nwren/a.png,new,\n').report).toMatchObject({
      changed: 1,
      problems: [],
    })
  })

  it('takes labels away, and groups the label that an image has', () => {
    expect(read('file,label\nwren/a.png,\n').commandsOf(table)).toEqual([
      { kind: 'label', images: Int32Array.of(14), label: null },
    ])
    expect(read('image,group\nwren/a.png,small ones\n').commandsOf(table)).toEqual([
      { kind: 'groupLabel', label: 3, parent: 'small ones' },
    ])
  })

  it('reports by line what cannot be used, and leaves it out', () => {
    const { report } = read(
      [
        'file,label,split',
        'nowhere.png,a,',
        'img2.png,a,sometimes',
        ',a,',
        '',
        'wren/a.png,a,',
        'wren/a.png,b,',
        'wren/a.png,a,',
      ].join('\n'),
    )
    expect(report.changed).toBe(1)
    expect(report.problems.map(({ line, message }) => [line, message.slice(0, 40)])).toEqual([
      [2, 'nowhere.png is no image of this project.'],
      [3, '“sometimes” is no split. Write training,'],
      [4, 'The row names no file.'],
      [7, 'wren/a.png stands in line 6 too, with ot'],
    ])
  })

  it('does not guess between images of one name, unless one has it as its path', () => {
    const paths = ['a/x.png', 'b/x.png', 'x.png', ...table.paths.slice(3)]
    const twins = { ...table, paths }
    const of = (text: string) => readLabelTable(text, twins, paths).report
    expect(of('file,label\nx.png,new').changed).toBe(1)
    const apart = { ...table, paths: ['a/x.png', 'b/x.png', 'y.png', ...table.paths.slice(3)] }
    expect(readLabelTable('file,label\nx.png,new', apart, apart.paths).report.problems).toEqual([
      {
        line: 2,
        message: 'x.png is the name of 2 images. Give the path as the library shows it.',
      },
    ])
  })

  it.each([
    ['nothing', '', /first line of the table is “”/],
    ['a wrong header', 'name;class\na.png;b', /It must name the columns/],
    ['only files', 'file\na.png', /It must name the columns/],
    ['an open quote', 'file,label\n"a.png,b', /is no CSV/],
  ])('is refused with %s', (_, text, reason) => {
    expect(() => read(text)).toThrow(reason)
  })
})

describe('exporting labels', () => {
  const options = (folder: string) => ({
    folder,
    signal: new AbortController().signal,
    onProgress: () => undefined,
  })

  it('writes what a table of labels can read back', async () => {
    const folder = tempFolder()
    const request = { format: 'csv', folder, files: 'copy', isDryRun: false } as const
    const result = await exportLabels({ table, paths: absolute }, request, options(folder))
    expect(result).toMatchObject({ count: 1, failed: [], isDryRun: false })
    const text = readFileSync(join(folder, 'labels.csv'), 'utf8')
    // The image in the trash is left out.
    expect(read(text).report).toMatchObject({ rows: 5, changed: 0, unchanged: 5, problems: [] })
  })

  it('writes one object a line', async () => {
    const folder = tempFolder()
    const request = { format: 'jsonl', folder, files: 'copy', isDryRun: false } as const
    await exportLabels({ table, paths: absolute }, request, options(folder))
    const lines = readFileSync(join(folder, 'labels.jsonl'), 'utf8').trim().split('\n')
    expect(lines.map((line) => JSON.parse(line) as unknown)[1]).toEqual({
      file: 'tit/img10.png',
      label: 'tit',
      group: 'song birds',
      split: 'heldOut',
      excluded: true,
      hash: 'b',
      path: '/pictures/tit/img10.png',
    })
  })

  it('makes folders of labels; a dry run writes nothing, and nothing is overwritten', async () => {
    const source = tempFolder()
    const folder = join(tempFolder(), 'out')
    const paths = ['1', '2', '3', '4', '5', '6'].map((name) => join(source, name, 'same.png'))
    for (const path of paths) {
      mkdirSync(join(path, '..'))
      writeFileSync(path, path)
    }
    const labelRows = [{ ...table.labelRows[0]!, name: '../tit:s' }, table.labelRows[1]!]
    const images = { table: { ...table, labelRows }, paths }
    const request = { format: 'tree', folder, files: 'link' } as const
    const dry = await exportLabels(images, { ...request, isDryRun: true }, options(folder))
    expect(existsSync(folder)).toBe(false)
    expect(dry.first.map(({ to }) => to)).toEqual([
      'wren/same.png',
      'song birds/__tit_s/same.png',
      'unlabelled/same.png',
      'wren/same (2).png',
      'song birds/__tit_s/same (2).png',
    ])
    const first = await exportLabels(images, { ...request, isDryRun: false }, options(folder))
    expect(first).toMatchObject({ count: 5, failed: [] })
    expect(statSync(join(folder, 'wren/same.png')).ino).toBe(statSync(paths[0]!).ino)
    const copies = { ...request, files: 'copy', isDryRun: false } as const
    const second = await exportLabels(images, copies, options(folder))
    expect(second.count).toBe(0)
    expect(second.failed[0]).toEqual({
      path: 'wren/same.png',
      reason: 'There is another file already; it was left as it is.',
    })
    expect(readFileSync(paths[0]!, 'utf8')).toBe(paths[0])
  })

  it('says which files are gone, and goes on', async () => {
    const folder = tempFolder()
    const request = { format: 'tree', folder, files: 'copy', isDryRun: false } as const
    const { count, failed } = await exportLabels(
      { table, paths: absolute },
      request,
      options(folder),
    )
    expect(count).toBe(0)
    expect(failed).toHaveLength(5)
    expect(failed[0]?.reason).toMatch(/no longer there/)
  })
})
