import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { ParameterValues, Regime } from '../../src-main/contract/catalogue.ts'
import type { EngineKind } from '../../src-main/contract/engines.ts'
import type { RunConfig } from '../../src-main/contract/runs.ts'
import { reasonAgainstDraft } from '../train/combination.ts'
import { draftOf, faultsOf, freshDraft, lossOf, requestOf } from '../train/formValues.ts'
import type { RunDraft } from '../train/formValues.ts'
import { useProject } from './project.ts'

/** The run that would be started next. */
export const useRunForm = defineStore('runForm', () => {
  const project = useProject()
  const chosen = shallowRef<RunDraft>(freshDraft)
  const isRegimeChosen = ref(false)

  /** Until somebody chooses, folders with labels to compare are metric, as on the command line. */
  const draft = computed<RunDraft>(() => {
    if (isRegimeChosen.value) return chosen.value
    const regime = project.labelNames.length >= 2 ? 'metric' : 'contrastive'
    return { ...chosen.value, regime }
  })

  const loss = computed(() => lossOf(project.catalogue, draft.value))
  const request = computed(() => requestOf(project.catalogue, draft.value))
  const faults = computed(() => {
    const reason = reasonAgainstDraft(project.catalogue, draft.value)
    const found = faultsOf(project.catalogue, draft.value)
    return reason === null ? found : [reason, ...found]
  })
  const isTouched = computed(
    () =>
      Object.keys(draft.value.settings).length > 0 ||
      draft.value.miner !== null ||
      draft.value.plus.length > 0 ||
      [draft.value.lossParams, draft.value.minerParams].some((byName) =>
        Object.values(byName).some((params) => Object.keys(params).length > 0),
      ),
  )

  function change(part: Partial<RunDraft>): void {
    chosen.value = { ...draft.value, ...part }
  }

  function setRegime(regime: Regime): void {
    change({ regime })
    isRegimeChosen.value = true
  }
  const setLoss = (name: string): void =>
    change({ loss: name, plus: draft.value.plus.filter((term) => term.name !== name) })
  const addLoss = (name: string): void =>
    change({ plus: [...draft.value.plus, { name, weight: 1 }] })
  const removeLoss = (name: string): void =>
    change({ plus: draft.value.plus.filter((term) => term.name !== name) })
  const weighLoss = (name: string, weight: number): void =>
    change({
      plus: draft.value.plus.map((term) => (term.name === name ? { name, weight } : term)),
    })
  const setMiner = (miner: string | null): void => change({ miner })
  const setEngine = (engine: 'auto' | EngineKind): void => change({ engine })

  /** Null takes a value back. */
  function setSetting(name: string, value: number | string | null): void {
    change({ settings: withValue(draft.value.settings, name, value) })
  }

  /** @param of a further term; without it, the loss itself */
  function setLossParam(name: string, value: number | string | null, of = loss.value?.name): void {
    if (of === undefined) return
    const params = withValue(draft.value.lossParams[of] ?? {}, name, value)
    change({ lossParams: { ...draft.value.lossParams, [of]: params } })
  }

  function setMinerParam(name: string, value: number | string | null): void {
    const of = draft.value.miner
    if (of === null) return
    const params = withValue(draft.value.minerParams[of] ?? {}, name, value)
    change({ minerParams: { ...draft.value.minerParams, [of]: params } })
  }

  /** Back to the recipe; regime, loss and engine stay. */
  const reset = (): void =>
    change({ settings: {}, plus: [], lossParams: {}, miner: null, minerParams: {} })

  /** Takes every value of an earlier run. */
  function copy(config: RunConfig): void {
    isRegimeChosen.value = true
    const copied = draftOf(config)
    chosen.value = {
      ...copied,
      lossParams: { ...draft.value.lossParams, ...copied.lossParams },
      minerParams: { ...draft.value.minerParams, ...copied.minerParams },
    }
  }

  return {
    draft,
    loss,
    request,
    faults,
    isTouched,
    setRegime,
    setLoss,
    addLoss,
    removeLoss,
    weighLoss,
    setMiner,
    setMinerParam,
    setEngine,
    setSetting,
    setLossParam,
    reset,
    copy,
  }
})

function withValue(
  values: ParameterValues,
  name: string,
  value: number | string | null,
): ParameterValues {
  const others = Object.entries(values).filter(([key]) => key !== name)
  return Object.fromEntries(value === null ? others : [...others, [name, value]])
}
