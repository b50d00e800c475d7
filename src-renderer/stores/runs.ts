import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { EngineKind } from '../../src-main/contract/engines.ts'
import type { RunCommand, RunEvent, RunId, RunRequest } from '../../src-main/contract/runs.ts'
import { emptyRun, foldRun, summaryOf } from '../../src-main/contract/runState.ts'
import type { RunState, RunSummary } from '../../src-main/contract/runState.ts'
import { useConnection } from './connection.ts'
import { useNotices } from './notices.ts'

/** All runs of the project: each the fold of its events, one of them shown. */
export const useRuns = defineStore('runs', () => {
  const connection = useConnection()
  const notices = useNotices()

  const summaries = shallowRef<readonly RunSummary[]>([])
  const states = shallowRef<ReadonlyMap<RunId, RunState>>(new Map())
  const activeId = ref<RunId | null>(null)
  const shownId = ref<RunId | null>(null)
  const isStarting = ref(false)
  /** Events that came while the earlier ones of their run were still on the way. */
  const early = new Map<RunId, RunEvent[]>()

  const shown = computed(() => stateOf(shownId.value))
  const active = computed(() => stateOf(activeId.value))
  /** The last one first. */
  const list = computed<readonly RunSummary[]>(() =>
    [...summaries.value].sort((a, b) => (b.startedAt ?? '~').localeCompare(a.startedAt ?? '~')),
  )

  function stateOf(run: RunId | null): RunState | null {
    return run === null ? null : (states.value.get(run) ?? null)
  }

  function put(state: RunState): void {
    states.value = new Map(states.value).set(state.run, state)
    const summary = summaryOf(state)
    const isKnown = summaries.value.some(({ run }) => run === state.run)
    summaries.value = isKnown
      ? summaries.value.map((known) => (known.run === state.run ? summary : known))
      : [...summaries.value, summary]
  }

  /** Reads the list, and the events of the run that goes on or was the last. */
  async function load(activeRun: RunId | null): Promise<void> {
    states.value = new Map()
    activeId.value = activeRun
    const found = await notices.attempt(() => connection.api().runs())
    if (found === null) return
    summaries.value = found
    const isShownKnown = found.some(({ run }) => run === shownId.value)
    const first = activeRun ?? (isShownKnown ? shownId.value : (list.value[0]?.run ?? null))
    shownId.value = first
    if (first !== null) await read(first)
  }

  async function read(run: RunId): Promise<void> {
    if (states.value.has(run) || early.has(run)) return
    early.set(run, [])
    const events = await notices.attempt(() => connection.api().runEvents({ run }))
    const later = early.get(run) ?? []
    early.delete(run)
    // An event that is in both lists is folded twice, which changes nothing as all later ones follow.
    put([...(events ?? []), ...later].reduce(foldRun, emptyRun(run)))
  }

  async function show(run: RunId): Promise<void> {
    shownId.value = run
    await read(run)
  }

  function onEvent(event: RunEvent): void {
    if (event.kind === 'ended') {
      if (activeId.value === event.run) activeId.value = null
    } else if (event.kind === 'started') {
      activeId.value = event.run
      shownId.value = event.run
    }
    const waiting = early.get(event.run)
    if (waiting !== undefined) {
      waiting.push(event)
      return
    }
    const state = states.value.get(event.run)
    if (state !== undefined) put(foldRun(state, event))
    else if (event.kind === 'started' && event.fromEpoch === 0)
      put(foldRun(emptyRun(event.run), event))
    else void read(event.run)
  }

  async function start(request: RunRequest): Promise<void> {
    if (isStarting.value) return
    isStarting.value = true
    const run = await notices.attempt(() => connection.api().startRun(request))
    isStarting.value = false
    if (run === null) return
    activeId.value = run
    await show(run)
  }

  async function command(run: RunId, word: RunCommand): Promise<void> {
    await notices.attempt(() => connection.api().commandRun({ run, command: word }))
  }

  /** @param engine another than it ran on before */
  async function continueRun(run: RunId, engine?: EngineKind): Promise<void> {
    const isGoing = await notices.attempt(async () => {
      await connection.api().continueRun({ run, ...(engine && { engine }) })
      return true
    })
    if (isGoing) activeId.value = run
  }

  /** Pauses the run that goes on, or lets it go on. */
  async function togglePause(): Promise<void> {
    const state = active.value
    if (state === null) return
    await command(state.run, state.phase === 'paused' ? 'resume' : 'pause')
  }

  function reset(): void {
    summaries.value = []
    states.value = new Map()
    activeId.value = null
    shownId.value = null
    early.clear()
  }

  return {
    list,
    activeId,
    shownId,
    shown,
    active,
    isStarting,
    stateOf,
    load,
    read,
    show,
    onEvent,
    start,
    command,
    continueRun,
    togglePause,
    reset,
  }
})
