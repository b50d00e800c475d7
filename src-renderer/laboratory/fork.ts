import { computed } from 'vue'
import type { ComputedRef } from 'vue'
import { reasonAgainstLoss } from '../train/formValues.ts'
import { lossTitle } from '../train/runWords.ts'
import { useLaboratory } from '../stores/laboratory.ts'
import { useNavigation } from '../stores/navigation.ts'
import { useProject } from '../stores/project.ts'
import { useRunForm } from '../stores/runForm.ts'
import { lossFor } from './weightings.ts'
import { tauOf } from './words.ts'

/** A new run like the one that is looked at, with the weighting that the sliders say. */
export interface Fork {
  readonly title: ComputedRef<string>
  /** What differs from the run, in a sentence. */
  readonly says: ComputedRef<string>
  /** Why it cannot be; null if it can. */
  readonly reason: ComputedRef<string | null>
  /** Sets the form and goes there; nothing is started. */
  readonly go: () => void
  /** The same run, with the suspected share cancelled. */
  readonly goEliminating: () => void
}

export function useFork(): Fork {
  const lab = useLaboratory()
  const form = useRunForm()
  const project = useProject()
  const navigation = useNavigation()

  const config = computed(() => lab.run?.config ?? null)
  const loss = computed(() =>
    lossFor(project.catalogue, lab.weighting, config.value?.loss.name ?? ''),
  )
  const entry = computed(
    () => project.catalogue.losses.find(({ name }) => name === loss.value.name) ?? null,
  )

  function go(): void {
    if (config.value === null) return
    form.copy(config.value)
    form.setLoss(loss.value.name)
    for (const [name, value] of Object.entries(loss.value.params)) form.setLossParam(name, value)
    // A schedule would leave the τ that was chosen.
    form.setSetting('temperatureSchedule', null)
    navigation.go('train')
  }

  function goEliminating(): void {
    if (config.value === null) return
    form.copy(config.value)
    form.setSetting('suspects', 'eliminate')
    form.setSetting('suspectShare', lab.share)
    // The share may not exceed the guess of how many pairs belong together.
    form.setSetting('suspectBaseRate', Math.max(lab.share, config.value.settings.suspectBaseRate))
    navigation.go('train')
  }

  return {
    title: computed(() =>
      lab.weighting.kind === 'softmax'
        ? `Train a fork with ${tauOf(lab.weighting.temperature)}`
        : `Train a fork with ${lossTitle(project.catalogue.losses, loss.value.name)}`,
    ),
    says: computed(
      () =>
        `A new run like this one, with ${lossTitle(project.catalogue.losses, loss.value.name)} at ` +
        `these values.`,
    ),
    reason: computed(() => {
      if (config.value === null) return 'The settings of this run are not known.'
      if (entry.value === null) return 'There is no loss for this.'
      return reasonAgainstLoss(project.catalogue, config.value.regime, entry.value)
    }),
    go,
    goEliminating,
  }
}
