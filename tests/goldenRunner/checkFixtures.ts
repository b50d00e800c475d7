import { z } from 'zod'
import type { Finding } from './findings.ts'
import { isRecord } from './fixtures.ts'
import type { FixtureFile } from './fixtures.ts'
import { checkLoss } from './lossCase.ts'
import { checkMemory } from './memoryCase.ts'
import { checkMetrics } from './metricCase.ts'
import { checkMiner, datasetsOf } from './minerCase.ts'
import { referenceLosses } from './referenceLosses.ts'
import { NotOffered } from './referenceParams.ts'
import { checkStatistics } from './statisticsCase.ts'

/** What became of one case, or of a file that could not be read. */
export interface Outcome {
  readonly file: string
  /** Name of the case; empty for a whole file. */
  readonly name: string
  readonly findings: readonly Finding[]
  /** Why nothing could be compared. */
  readonly reason?: string
}

type Check = (given: unknown) => readonly Finding[] | Promise<readonly Finding[]>

/** Every case of a file, one after the other, on the active backend. */
export async function* checkFixture(fixture: FixtureFile): AsyncGenerator<Outcome> {
  const { file } = fixture
  if (fixture.kind === 'unreadable') {
    yield { file, name: '', findings: [], reason: fixture.reason }
    return
  }
  const { loss, cases } = fixture
  const check = checkOf(loss, cases)
  for (const [place, given] of cases.entries()) {
    if (isDatasets(given)) continue
    const name = isRecord(given) && typeof given['name'] === 'string' ? given['name'] : `#${place}`
    yield { file, name, ...(await outcomeOf(check, given)) }
  }
}

/** A list of data for the other cases of its file, no case itself. */
function isDatasets(given: unknown): boolean {
  return isRecord(given) && isRecord(given['datasets'])
}

function checkOf(loss: string, cases: readonly unknown[]): Check {
  switch (loss) {
    case 'miners': {
      const datasets = datasetsOf(cases)
      return (given) => checkMiner(given, datasets)
    }
    case 'cross_batch_memory':
      return checkMemory
    case 'metrics':
      return checkMetrics
    case 'embedding_statistics':
      return checkStatistics
    default:
      return (given) => {
        const reference = referenceLosses[loss]
        if (!reference) throw new NotOffered(`no loss here is called ${loss}`)
        return checkLoss(reference, given)
      }
  }
}

async function outcomeOf(
  check: Check,
  given: unknown,
): Promise<Pick<Outcome, 'findings' | 'reason'>> {
  try {
    return { findings: await check(given) }
  } catch (error) {
    return { findings: [], reason: reasonOf(error) }
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof z.ZodError) {
    const [issue] = error.issues
    const where = issue && issue.path.length > 0 ? `${issue.path.join('.')}: ` : ''
    return `the case is not of the format: ${where}${issue?.message ?? ''}`
  }
  return error instanceof Error ? error.message : String(error)
}
