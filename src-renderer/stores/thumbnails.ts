import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { ContentHash } from '../../src-main/contract/images.ts'
import { thumbPackUrl } from '../workbench/media.ts'
import { readThumbPack } from '../workbench/thumbPack.ts'

/** In one answer: the first come soon, also over a slow line. */
const mostInPack = 80
/** Some kilobytes each; those that were not looked at for longest go first. */
const mostKept = 4000

/** The small pictures that a long list shows, many to a request, kept for the way back. */
export const useThumbnails = defineStore('thumbnails', () => {
  const kept = new Map<ContentHash, string>()
  const underWay = new Map<ContentHash, AbortController>()
  /** Grows with each answer, so that who asked looks again. */
  const answers = shallowRef(0)

  /** Undefined until it has come, and for one that is missing. */
  function addressOf(hash: ContentHash): string | undefined {
    return answers.value >= 0 ? kept.get(hash) : undefined
  }

  /** Asks for what is not there. What was asked for before and is wanted no more is broken off. */
  function want(hashes: readonly ContentHash[]): void {
    const wanted = new Set(hashes)
    const asked = new Map<AbortController, boolean>()
    for (const [hash, request] of underWay)
      asked.set(request, (asked.get(request) ?? false) || wanted.has(hash))
    for (const [request, isWanted] of asked) if (!isWanted) request.abort()
    const missing: ContentHash[] = []
    for (const hash of wanted) {
      const address = kept.get(hash)
      if (address !== undefined) {
        // The newest last.
        kept.delete(hash)
        kept.set(hash, address)
      } else if (!underWay.has(hash)) missing.push(hash)
    }
    for (let from = 0; from < missing.length; from += mostInPack)
      void load(missing.slice(from, from + mostInPack))
  }

  async function load(hashes: readonly ContentHash[]): Promise<void> {
    const request = new AbortController()
    for (const hash of hashes) underWay.set(hash, request)
    try {
      const response = await fetch(thumbPackUrl(hashes), { signal: request.signal })
      if (!response.ok) return
      const addresses = readThumbPack(await response.arrayBuffer(), hashes.length)
      hashes.forEach((hash, i) => {
        const address = addresses[i] ?? ''
        if (address !== '') kept.set(hash, address)
      })
      for (const oldest of kept.keys()) {
        if (kept.size <= mostKept) break
        kept.delete(oldest)
      }
      answers.value += 1
    } catch {
      // Broken off, or the host is gone: asked for again when it is next wanted.
    } finally {
      for (const hash of hashes) if (underWay.get(hash) === request) underWay.delete(hash)
    }
  }

  return { addressOf, want }
})
