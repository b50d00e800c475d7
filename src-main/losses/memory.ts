import type { BatchRows, MemoryRows } from './relation.ts'

/**
 * Rows of earlier steps, to be further columns of the relation: a ring buffer in which the newest rows
 * replace the oldest. With `labels` each label has a ring of its own, so that frequent ones do not push
 * rare ones out.
 *
 * Wang, Zhang, Huang, Scott, "Cross-Batch Memory for Embedding Learning", CVPR 2020, arXiv:1912.06798;
 * a queue of negatives is He, Fan, Wu, Xie, Girshick, "Momentum Contrast", CVPR 2020, arXiv:1911.05722.
 */
export interface Memory {
  /** Rows that it holds. */
  readonly length: number
  /** What it holds, by ring and slot. */
  columns(): MemoryContent
  /**
   * Takes a step's rows in. Of more rows than fit only the last stay; rows without a label have no place
   * where each label has its own.
   *
   * @param raw not normalised, `[rows, dim]`
   */
  enqueue(raw: Float32Array, rows: BatchRows): void
  /** Says that the rows that came last are no longer those of this step. */
  nextStep(): void
  readonly state: MemoryState
}

export interface MemoryContent extends MemoryRows {
  /** `[columns, dim]`. */
  readonly raw: Float32Array
}

/** Live; a checkpoint copies it. */
export interface MemoryState {
  /** `[size, dim]`. */
  readonly raw: Float32Array
  /** `[size]`. */
  readonly images: Int32Array
  readonly labels: Int32Array
  /** Where each ring writes next, `[rings]`. */
  readonly cursors: Int32Array
  /** How many slots of each ring are filled, `[rings]`. */
  readonly filled: Int32Array
}

export interface MemoryOptions {
  /** Rows that it can hold, ≥ 1. */
  readonly size: number
  readonly dim: number
  /** Labels that have a ring each, numbered from 0; missing: one ring for all rows. */
  readonly labels?: number
}

/** @param saved of an earlier memory to go on from. @throws TypeError when it is of another size */
export function createMemory(options: MemoryOptions, saved?: MemoryState): Memory {
  const { dim, labels } = options
  const rings = labels === undefined ? 1 : Math.max(labels, 1)
  const slots = Math.max(Math.floor(options.size / rings), 1)
  const size = rings * slots
  const state = saved ?? emptyState(size, rings, dim)
  if (state.raw.length !== size * dim || state.cursors.length !== rings)
    throw new TypeError(
      `a memory of ${state.raw.length} numbers in ${state.cursors.length} rings, expected ` +
        `${size * dim} in ${rings}`,
    )
  // Rows of this step, by slot; −1 for all others.
  const copies = new Int32Array(size).fill(-1)

  const ringOf = (label: number) => (labels === undefined ? 0 : label)
  const lengthOf = () => state.filled.reduce((sum, count) => sum + count, 0)

  return {
    get length() {
      return lengthOf()
    },
    state,
    columns() {
      const length = lengthOf()
      const content = {
        raw: new Float32Array(length * dim),
        images: new Int32Array(length),
        labels: new Int32Array(length),
        copies: new Int32Array(length),
      }
      let column = 0
      for (let ring = 0; ring < rings; ring++) {
        const start = ring * slots
        const end = start + (state.filled[ring] ?? 0)
        content.raw.set(state.raw.subarray(start * dim, end * dim), column * dim)
        content.images.set(state.images.subarray(start, end), column)
        content.labels.set(state.labels.subarray(start, end), column)
        content.copies.set(copies.subarray(start, end), column)
        column += end - start
      }
      return content
    },
    enqueue(raw, rows) {
      copies.fill(-1)
      rows.images.forEach((image, row) => {
        const label = rows.labels[row] ?? -1
        const ring = ringOf(label)
        if (ring < 0) return
        const cursor = state.cursors[ring] ?? 0
        const slot = ring * slots + cursor
        state.raw.set(raw.subarray(row * dim, (row + 1) * dim), slot * dim)
        state.images[slot] = image
        state.labels[slot] = label
        copies[slot] = row
        state.cursors[ring] = (cursor + 1) % slots
        state.filled[ring] = Math.min((state.filled[ring] ?? 0) + 1, slots)
      })
    },
    nextStep() {
      copies.fill(-1)
    },
  }
}

function emptyState(size: number, rings: number, dim: number): MemoryState {
  return {
    raw: new Float32Array(size * dim),
    images: new Int32Array(size),
    labels: new Int32Array(size),
    cursors: new Int32Array(rings),
    filled: new Int32Array(rings),
  }
}
