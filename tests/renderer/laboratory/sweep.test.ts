import { describe, expect, it } from 'vitest'
import { membersOf, sweepRows } from '../../../src-renderer/laboratory/sweep/sweepRows.ts'
import { faultIn, tausAround } from '../../../src-renderer/laboratory/sweep/taus.ts'
import { emptyRun, foldRun, summaryOf } from '../../../src-main/contract/runState.ts'
import type { RunState } from '../../../src-main/contract/runState.ts'
import { eventsOf } from '../stores/fakeWorkbench.ts'

describe('temperatures of a sweep', () => {
  it('lie around the run’s own, and stay in the range', () => {
    expect(tausAround(0.1)).toEqual([0.025, 0.05, 0.1, 0.2, 0.4])
    expect(tausAround(0.03)).toEqual([0.01, 0.015, 0.03, 0.06, 0.12])
    expect(tausAround(1)).toEqual([0.25, 0.5, 1])
  })

  it('are refused where one is no temperature or is there twice', () => {
    expect(faultIn([0.1, 0.2])).toBeNull()
    expect(faultIn([0.1, NaN])).toContain('from 0.01 to 1')
    expect(faultIn([0.1, 2])).toContain('from 0.01 to 1')
    expect(faultIn([0.1, 0.1])).toContain('the same')
  })
})

describe('the table of a sweep', () => {
  const stateOf = (run: string, temperature: number, epochs: number): RunState =>
    eventsOf(run, epochs)
      .map((event) =>
        event.kind === 'started'
          ? {
              ...event,
              config: {
                ...event.config,
                series: { id: 'run-1', of: 'run-0', kind: 'sweep' as const, temperature },
              },
            }
          : event,
      )
      .reduce(foldRun, emptyRun(run))
  const states = [stateOf('run-1', 0.2, 2), stateOf('run-2', 0.05, 3), stateOf('run-3', 0.1, 1)]
  const alone = eventsOf('run-9', 1).reduce(foldRun, emptyRun('run-9'))
  const members = membersOf([alone, ...states].map(summaryOf), 'run-1')

  it('has a line a temperature, the smallest first, and no other run', () => {
    expect(members.map(({ run }) => run)).toEqual(['run-2', 'run-3', 'run-1'])
    expect(membersOf(members, 'run-7')).toEqual([])
  })

  it('says what is measured, marks the best recall and the run’s own τ, and a dash for the rest', () => {
    const push = { effectiveNegatives: 9, onSuspects: 0.123, onSameLabel: null, strength: 1 }
    const curve = { points: [], alignment: 0.5, uniformity: -2.5, tolerance: null }
    const rows = sweepRows(members, {
      own: 0.1,
      stateOf: (run) => states.find((state) => state.run === run) ?? null,
      measuredOf: (run) => (run === 'run-1' ? { curve, push } : null),
    })
    expect(rows.map(({ tau, isOwn }) => [tau, isOwn])).toEqual([
      ['0.05', false],
      ['0.1', true],
      ['0.2', false],
    ])
    expect(rows[2]?.cells).toEqual(['.500', '−2.500', '–', '.500', '.400', '12.3 %'])
    expect(rows[0]?.cells).toEqual(['.333', '–', '–', '–', '.500', '–'])
    expect(rows.map(({ best }) => best[4])).toEqual([true, false, false])
    expect(rows.flatMap(({ best }) => best).filter(Boolean)).toHaveLength(1)
  })
})
