/** Things that are dear to make and to keep: the few that were used last, by key. */
export class RecentlyUsed<Key, T extends { dispose(): void }> {
  private readonly items = new Map<Key, T>()
  private readonly limit: number

  constructor(limit: number) {
    this.limit = limit
  }

  get size(): number {
    return this.items.size
  }

  /** The thing of that key, made if it is not there; the one unused for longest makes room. */
  get(key: Key, make: () => T): T {
    const known = this.items.get(key)
    if (known) {
      this.items.delete(key)
      this.items.set(key, known)
      return known
    }
    for (const [oldKey, old] of this.items) {
      if (this.items.size < this.limit) break
      this.items.delete(oldKey)
      old.dispose()
    }
    const item = make()
    this.items.set(key, item)
    return item
  }

  dispose(): void {
    for (const item of this.items.values()) item.dispose()
    this.items.clear()
  }
}
