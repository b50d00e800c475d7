import { describe, expect, it } from 'vitest'
import { createStepReporter } from '../../../src-main/training/stepReporter.ts'

const stepAt = (step: number, now: number) => ({
  epoch: 1 + Math.floor(step / 10),
  step,
  loss: step / 10,
  learningRate: 0.001 * step,
  images: 50,
  durationMs: 100,
  figures: {
    temperature: 0.1,
    kept: step < 20 ? { positives: step / 16, negatives: 0.5, triplets: 2 * step } : null,
    memory: 10 * step,
  },
  now,
})

describe('createStepReporter', () => {
  const plan = { steps: 40, stepsPerEpoch: 10, epochs: 4 }

  it('says what the miner kept on average, and how the temperature and the memory stand', () => {
    const reporter = createStepReporter(plan)
    reporter.step(stepAt(0, 0))
    for (const step of [1, 2, 3]) reporter.step(stepAt(step, 10))
    expect(reporter.rest()).toMatchObject({
      temperature: 0.1,
      kept: { positives: 0.09375, negatives: 0.5, triplets: 3 },
      memory: 30,
    })
    reporter.step(stepAt(30, 20))
    expect(reporter.rest()).toMatchObject({ kept: null })
  })

  it('reports no more than four times a second, and loses no step', () => {
    const reporter = createStepReporter(plan)
    const reports = Array.from({ length: 20 }, (_, i) => reporter.step(stepAt(i, 1000 + 20 * i)))
    const sent = [...reports, reporter.rest()].filter((report) => report !== null)
    expect(sent.length).toBeLessThanOrEqual(4)
    expect(sent.flatMap(({ losses }) => losses)).toEqual(reports.map((_, i) => i / 10))
    sent
      .slice(1)
      .forEach(({ firstStep }, i) =>
        expect(firstStep).toBe(sent[i]!.firstStep + sent[i]!.losses.length),
      )
    expect(reporter.rest()).toBeNull()
  })

  it('says how fast it goes and how long it will take, embeddings counted in', () => {
    const reporter = createStepReporter(plan)
    reporter.epochEnded(3000)
    const report = reporter.step(stepAt(19, 5000))
    expect(report?.imagesPerSecond).toBe(500)
    // 20 steps of 100 ms, and the embeddings of epochs 2, 3 and 4.
    expect(report?.secondsLeft).toBeCloseTo(2 + 9, 6)
    expect(report?.learningRate).toBeCloseTo(0.019, 6)
    expect(report?.residentBytes).toBeGreaterThan(1e7)
  })
})
