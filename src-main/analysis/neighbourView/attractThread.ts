import { workerData } from 'node:worker_threads'
import { attract } from './attract.ts'
import { asked, done, isReady } from './sharedAttraction.ts'
import type { SharedAttraction } from './sharedAttraction.ts'

attractWhenAsked(workerData as SharedAttraction)

function attractWhenAsked({ affinities, sharpness, points, net, turns }: SharedAttraction): void {
  Atomics.store(turns, isReady, 1)
  for (;;) {
    const finished = Atomics.load(turns, done)
    Atomics.wait(turns, asked, finished)
    if (Atomics.load(turns, asked) < 0) return
    attract(points, affinities, sharpness, net)
    Atomics.store(turns, done, finished + 1)
    Atomics.notify(turns, done)
  }
}
