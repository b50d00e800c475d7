import { retrievalScore } from '../../analysis/retrieval.ts'
import { storeSphereFrame } from '../../analysis/sphereFrames.ts'
import { cancelPairs } from '../../analysis/suspects/cancelPairs.ts'
import { negativesOf } from '../../analysis/suspects/findSuspects.ts'
import { storeFeatures } from '../../analysis/suspects/storedFeatures.ts'
import type { TrainRequest } from '../../contract/compute.ts'
import type { RunControl } from '../../training/runControl.ts'
import { train } from '../../training/train.ts'
import type { ComputeListener } from '../../workbench/compute.ts'

/** Training together with what it is looked at through: scores, stored embeddings and the sphere. */
export async function trainRun(
  request: TrainRequest,
  control: RunControl,
  host: ComputeListener,
): Promise<void> {
  const { run, runFolder, config, images } = request
  const embedded = { run, runFolder, ids: images.ids }
  await train(request, {
    control,
    now: () => Date.now(),
    emit: host.run,
    score: retrievalScore,
    findSuspects: ({ rows, dim, features, regime, ...rest }) =>
      cancelPairs({
        ...rest,
        embedding: { data: rows, dim },
        features: { data: features, dim: features.length / images.ids.length },
        isPair: negativesOf({ regime, labels: images.labels, hashes: images.hashes }),
      }),
    storeEmbedding: async ({ epoch, rows: data, dim, features }) => {
      const featureDim = features.length / Math.max(images.ids.length, 1)
      await storeFeatures(runFolder, epoch, { data: features, dim: featureDim })
      const isLast = epoch === config.settings.epochs
      host.sphere(await storeSphereFrame(embedded, { epoch, isLast, rows: { data, dim } }))
    },
  })
}
