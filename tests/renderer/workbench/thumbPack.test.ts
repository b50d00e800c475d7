import { expect, it } from 'vitest'
import { readThumbPack } from '../../../src-renderer/workbench/thumbPack.ts'

function packOf(...pictures: readonly (readonly number[])[]): ArrayBuffer {
  const bytes = pictures.flatMap((picture) => [
    ...new Uint8Array(Uint32Array.of(picture.length).buffer),
    ...picture,
  ])
  return Uint8Array.from(bytes).buffer
}

it('gives each picture of a pack an address that holds it, by its kind', () => {
  const long = [0xff, ...Array.from({ length: 20_000 }, (_, i) => i % 256)]
  const addresses = readThumbPack(packOf([0x89, 1, 2], [], long, [0x52, 7]), 4)
  expect(addresses[0]).toBe(`data:image/png;base64,${btoa('\x89\x01\x02')}`)
  expect(addresses[1]).toBe('')
  expect(addresses[2]).toMatch(/^data:image\/jpeg;base64,/)
  expect([...atob(addresses[2]?.split(',')[1] ?? '')].map((c) => c.charCodeAt(0))).toEqual(long)
  expect(addresses[3]).toMatch(/^data:image\/webp;base64,/)
})

it('takes what is missing or cut off for missing', () => {
  const whole = packOf([0x89, 1], [0x89, 2, 3, 4])
  expect(readThumbPack(whole.slice(0, -1), 3)).toEqual([expect.stringContaining('png'), '', ''])
  expect(readThumbPack(new ArrayBuffer(0), 1)).toEqual([''])
})
