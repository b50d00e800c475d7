import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { availableCores } from '../../numeric/engines/cores.ts'
import type { Affinities } from './affinities.ts'
import { attract } from './attract.ts'
import { asked, done, isReady } from './sharedAttraction.ts'
import type { SharedAttraction } from './sharedAttraction.ts'

/** From here on a thread of its own gains more than its start and the copies cost. */
const pointsForThread = 20_000

/** Longer than any turn takes; what has not answered by then never will. */
const patienceMs = 30_000

/**
 * How points attract each other, in a thread of its own where there are many and a core is free, so that
 * the rest can be done meanwhile. Both ways give the same forces to the bit.
 */
export class Attraction {
  private readonly affinities: Affinities
  private readonly sharpness: number
  private readonly net: Float64Array
  private points: Float64Array = new Float64Array(0)
  private shared: SharedAttraction | null = null
  /** Whether the thread does the last turn that was begun. */
  isAway = false

  constructor(affinities: Affinities, sharpness: number, canUseThread = true) {
    this.affinities = affinities
    this.sharpness = sharpness
    this.net = new Float64Array(3 * affinities.count)
    if (canUseThread && affinities.count >= pointsForThread && availableCores() > 1)
      this.shared = this.startThread()
  }

  /** @param points `[count, 3]`; not to be changed before {@link finish} */
  begin(points: Float64Array): void {
    this.points = points
    this.isAway = this.shared !== null && Atomics.load(this.shared.turns, isReady) === 1
    if (!this.shared || !this.isAway) return
    this.shared.points.set(points)
    Atomics.add(this.shared.turns, asked, 1)
    Atomics.notify(this.shared.turns, asked)
  }

  /** The forces on what `begin` was given, `[count, 3]`, valid until the next `begin`. */
  finish(): Float64Array {
    if (this.shared && this.isAway) {
      const { turns, net } = this.shared
      const before = Atomics.load(turns, asked) - 1
      if (Atomics.wait(turns, done, before, patienceMs) !== 'timed-out') return net
      this.dispose()
    }
    attract(this.points, this.affinities, this.sharpness, this.net)
    return this.net
  }

  /** Ends the thread. Callable twice. */
  dispose(): void {
    if (!this.shared) return
    Atomics.store(this.shared.turns, asked, -1)
    Atomics.notify(this.shared.turns, asked)
    this.shared = null
  }

  private startThread(): SharedAttraction {
    const { count, offsets, ids, weights } = this.affinities
    const shared: SharedAttraction = {
      affinities: {
        count,
        offsets: sharedInts(offsets),
        ids: sharedInts(ids),
        weights: sharedFloats(weights.length, weights),
      },
      sharpness: this.sharpness,
      points: sharedFloats(3 * count),
      net: sharedFloats(3 * count),
      turns: new Int32Array(new SharedArrayBuffer(12)),
    }
    const worker = new Worker(threadFile(), { workerData: shared })
    // Then no turn is handed to it, or the one that was is made up for.
    worker.on('error', () => this.dispose())
    worker.unref()
    return shared
  }
}

/** The source beside this file, or what it was built into. */
function threadFile(): string {
  const { dirname, filename } = import.meta
  return join(dirname, filename.endsWith('.ts') ? 'attractThread.ts' : 'attractThread.js')
}

function sharedInts(values: Int32Array): Int32Array {
  const copy = new Int32Array(new SharedArrayBuffer(values.byteLength))
  copy.set(values)
  return copy
}

function sharedFloats(length: number, values?: Float64Array): Float64Array {
  const copy = new Float64Array(new SharedArrayBuffer(8 * length))
  if (values) copy.set(values)
  return copy
}
