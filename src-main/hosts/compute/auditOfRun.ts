import { drawAudit } from '../../analysis/suspects/audit.ts'
import { negativesOf } from '../../analysis/suspects/findSuspects.ts'
import type { RunPlace } from '../../contract/compute.ts'
import { WorkbenchError } from '../../contract/errors.ts'
import type { AuditQuestions, AuditRequest } from '../../contract/suspects.ts'
import { openRunDetector } from './runDetector.ts'

/**
 * Pairs for a person to judge where there are no labels.
 *
 * @throws WorkbenchError `bad-request` where no pair is a negative, and as {@link openRunDetector}
 */
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
    if (strata.every(({ pairs }) => pairs === 0))
      throw new WorkbenchError(
        'bad-request',
        `Training takes no pair of run ${run} for negatives, so there is nothing to ask about: all its ` +
          'images have the same bytes or the same label.',
      )
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
