import type { RunRequest, RunSettings } from '../contract/runs.ts'
import { importBackbone } from '../model/imported/importBackbone.ts'
import type { ImportedBackbone } from '../model/imported/importBackbone.ts'
import { resolveParameters } from './parameters.ts'
import { settingsCatalogue } from './settings.ts'

/** The backbone that is asked for: whoever names a model and no backbone means the model's. */
export function backboneIn({ regime, settings }: RunRequest): RunSettings['backbone'] {
  const isMeant = settings['backbone'] === undefined && (settings['modelFile'] ?? '') !== ''
  if (isMeant) return 'imported'
  return valuesIn({ regime, settings }).backbone
}

/**
 * Reads the backbone that a request wants from a file; null where it wants none.
 *
 * @throws WorkbenchError `bad-request` for a file that is not such a model, or settings out of their range
 */
export async function importRequested(request: RunRequest): Promise<ImportedBackbone | null> {
  const { modelFile, tap, inputRange, imageSize } = valuesIn(request)
  if (backboneIn(request) !== 'imported' || modelFile === '') return null
  return importBackbone(modelFile, {
    tap: tap === '' ? null : tap,
    range: inputRange,
    imageSize: request.settings['imageSize'] === undefined ? null : imageSize,
  })
}

function valuesIn({ regime, settings }: Pick<RunRequest, 'regime' | 'settings'>): RunSettings {
  const values = resolveParameters(settingsCatalogue, settings, { regime, owner: 'a run' })
  return values as unknown as RunSettings
}
