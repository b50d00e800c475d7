import type { FileStamp, KnownStamps } from '../../../src-main/contract/compute.ts'

/** Stamps by path as a scan takes them. */
export function stampsOf(byPath: Readonly<Record<string, FileStamp>>): KnownStamps {
  const stamps = Object.values(byPath)
  return {
    paths: Object.keys(byPath),
    hashes: stamps.map(({ hash }) => hash),
    sizesBytes: Float64Array.from(stamps, ({ sizeBytes }) => sizeBytes),
    modifiedMs: Float64Array.from(stamps, ({ modifiedMs }) => modifiedMs),
    widths: Int32Array.from(stamps, ({ width }) => width),
    heights: Int32Array.from(stamps, ({ height }) => height),
  }
}
