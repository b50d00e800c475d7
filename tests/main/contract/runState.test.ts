import { expect, it } from 'vitest'
import { emptyRun, foldRun } from '../../../src-main/contract/runState.ts'
import type { RunConfig, RunEventBody } from '../../../src-main/contract/runs.ts'

const run = 'r'
const config = { version: 2, settings: {} } as unknown as RunConfig
const started = (fromEpoch: number): RunEventBody => ({
  kind: 'started',
  config,
  device: 'cpu',
  images: { training: 1, heldOut: 0, trainingLabels: 1, heldOutLabels: 0 },
  protocol: '',
  stepsPerEpoch: 2,
  at: '2026-01-01T10:00:00Z',
  fromEpoch,
})
const steps = (epoch: number, learningRate: number, temperature: number | null): RunEventBody => ({
  kind: 'steps',
  epoch,
  firstStep: 2 * (epoch - 1),
  losses: [1, 1],
  learningRate,
  imagesPerSecond: 1,
  secondsLeft: 0,
  residentBytes: 0,
  temperature,
})
const epoch = (number: number): RunEventBody => ({
  kind: 'epoch',
  epoch: number,
  meanLoss: 1,
  score: null,
  trainingSeconds: 0,
  at: `2026-01-01T10:0${number}:00Z`,
})
const stopped: RunEventBody = { kind: 'ended', reason: 'stopped', message: null, at: '' }
const stateOf = (...bodies: readonly RunEventBody[]) =>
  bodies.reduce((state, body) => foldRun(state, { run, ...body }), emptyRun(run))

it('keeps the learning rate, the temperature and the time of each epoch', () => {
  const { epochs } = stateOf(
    started(0),
    epoch(0),
    steps(1, 0.1, 0.5),
    epoch(1),
    steps(2, 0.05, null),
    epoch(2),
  )
  expect(epochs.map(({ learningRate, temperature }) => [learningRate, temperature])).toEqual([
    [null, null],
    [0.1, 0.5],
    [0.05, null],
  ])
  expect(epochs[2]?.at).toBe('2026-01-01T10:02:00Z')
})

it('remembers where a run paused, ended before its time and went on', () => {
  const events = [
    started(0),
    epoch(0),
    epoch(1),
    { kind: 'paused' },
    { kind: 'resumed' },
    epoch(2),
    stopped,
    started(1),
    { ...stopped, reason: 'done' },
  ] as const
  expect(stateOf(...events).halts).toEqual([
    { epoch: 1, kind: 'paused' },
    { epoch: 1, kind: 'resumed' },
    { epoch: 2, kind: 'stopped' },
    { epoch: 1, kind: 'resumed' },
  ])
  expect(stateOf(started(0), started(0)).halts).toEqual([])
  expect(stateOf(started(0), epoch(0), stopped, started(0)).halts).toEqual([
    { epoch: 0, kind: 'stopped' },
    { epoch: 0, kind: 'resumed' },
  ])
})
