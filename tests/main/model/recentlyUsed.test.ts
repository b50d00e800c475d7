import { describe, expect, it } from 'vitest'
import { RecentlyUsed } from '../../../src-main/model/recentlyUsed.ts'

/** Things that tell when they are made and disposed of. */
function thingsThatTell() {
  const made: string[] = []
  const disposed: string[] = []
  const make = (name: string) => () => {
    made.push(name)
    return { name, dispose: () => disposed.push(name) }
  }
  return { made, disposed, make }
}

describe('RecentlyUsed', () => {
  it('makes a thing once while it is in use', () => {
    const { made, make } = thingsThatTell()
    const things = new RecentlyUsed<string, { dispose(): void }>(2)
    // A full batch, and a smaller one at the end of each epoch.
    for (let epoch = 0; epoch < 3; epoch++)
      for (const key of ['full', 'full', 'last']) things.get(key, make(key))
    expect(made).toEqual(['full', 'last'])
  })

  it('disposes of the one that was unused for longest', () => {
    const { disposed, make } = thingsThatTell()
    const things = new RecentlyUsed<string, { dispose(): void }>(2)
    for (const key of ['a', 'b', 'a', 'c', 'a']) things.get(key, make(key))
    expect(disposed).toEqual(['b'])
    expect(things.size).toBe(2)
    things.dispose()
    things.dispose()
    expect(disposed).toEqual(['b', 'c', 'a'])
  })
})
