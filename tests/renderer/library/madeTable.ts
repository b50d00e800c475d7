import type { ImageTable } from '../../../src-main/contract/images.ts'

/** Six images of two labels, one without a label, one twice, one in the trash. */
export function madeTable(): ImageTable {
  return {
    ids: Int32Array.of(11, 12, 13, 14, 15, 16),
    paths: ['wren/b.png', 'tit/img10.png', 'img2.png', 'wren/a.png', 'tit/img2.png', 'wren/c.png'],
    hashes: ['a', 'b', 'c', 'd', 'b', 'f'],
    labels: Int32Array.of(1, 0, -1, 1, 0, 1),
    labelRows: [
      { id: 5, name: 'tit', colour: null, parent: 'song birds' },
      { id: 3, name: 'wren', colour: '#e69f00', parent: null },
    ],
    excluded: Uint8Array.of(0, 1, 0, 0, 0, 0),
    trashed: Uint8Array.of(0, 0, 0, 0, 0, 1),
    splits: Uint8Array.of(0, 2, 1, 0, 2, 0),
    modifiedMs: Float64Array.of(1, 9, 3, 3, 8, 2),
    widths: Int32Array.of(10, 10, 40, 10, 20, 10),
    heights: Int32Array.of(10, 10, 10, 20, 10, 10),
  }
}
