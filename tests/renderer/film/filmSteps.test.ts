import { describe, expect, it } from 'vitest'
import { filmSteps } from '../../../src-renderer/film/filmSteps.ts'

const placeOf = ({ from, share }: { from: number; share: number }) => from + share

describe('filmSteps', () => {
  it('goes from the first frame to the last at a fixed pace, never back, and rests at both ends', () => {
    const steps = filmSteps(5, { seconds: 10, rate: 30 })
    expect(steps).toHaveLength(300)
    const places = steps.map(placeOf)
    expect(places[0]).toBe(0)
    expect(places.at(-1)).toBe(4)
    for (let i = 1; i < places.length; i++) expect(places[i]).toBeGreaterThanOrEqual(places[i - 1]!)
    expect(places.filter((place) => place === 0).length).toBeGreaterThan(8)
    expect(places.filter((place) => place === 4).length).toBeGreaterThan(25)
    // Each of the four ways takes as many pictures as another, give or take one.
    const pictures = [0, 1, 2, 3].map((way) => places.filter((p) => p > way && p < way + 1).length)
    expect(Math.max(...pictures) - Math.min(...pictures)).toBeLessThanOrEqual(1)
  })

  it('stands still where there is one frame, and never leaves the frames', () => {
    for (const frames of [1, 2, 30])
      for (const step of filmSteps(frames, { seconds: 1, rate: 7 })) {
        expect(step.from).toBeGreaterThanOrEqual(0)
        expect(step.to).toBeLessThan(frames)
        expect(step.share).toBeGreaterThanOrEqual(0)
        expect(step.share).toBeLessThanOrEqual(1)
      }
    expect(filmSteps(3, { seconds: 0, rate: 30 })).toEqual([{ from: 1, to: 2, share: 1 }])
  })
})
