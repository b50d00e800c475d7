import { drawAudit } from '../../analysis/suspects/audit.ts'
import { negativesOf } from '../../analysis/suspects/findSuspects.ts'
import type { RunPlace } from '../../contract/compute.ts'
import type { AuditQuestions, AuditRequest } from '../../contract/suspects.ts'
import { openRunDetector } from './runDetector.ts'

/** Pairs for a person to judge where there are no labels. @throws as {@link openRunDetector} */
export async function auditOfRun(
  place: RunPlace,
  request: Omit<AuditRequest, 'run'>,
): Promise<AuditQuestions> {
  const opened = await openRunDetector(place, request.epoch, { pixels: false, views: false })
  try {
    const { run, epoch, config, images, detector, products, assumptions } = opened
    const { questions, seed, share, groupSize } = request
    const { ids, labels, hashes } = images
    const scores = await detector.scores({ method: 'random-walk', groupSize, share })
    const strata = await drawAudit(scores, {
      questions,
      share,
      seed,
      isPair: negativesOf({ regime: config.regime, labels, hashes }),
      products,
    })
    const idsOf = (rows: Int32Array) => rows.map((row) => ids[row] ?? 0)
    return {
      run,
      epoch,
      share,
      strata: strata.map(({ first, second, ...stratum }) => ({
        ...stratum,
        first: idsOf(first),
        second: idsOf(second),
      })),
      assumptions: [
        ...assumptions,
        `Questions are drawn at random within four ranges of suspicion, seed ${seed}.`,
      ],
    }
  } finally {
    opened.dispose()
  }
}
