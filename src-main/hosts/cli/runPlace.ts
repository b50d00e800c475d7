import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { RunPlace } from '../../contract/compute.ts'
import { WorkbenchError } from '../../contract/errors.ts'
import { defaultProjectFolder } from '../../workbench/projectFolders.ts'
import { listRuns } from '../../workbench/runFolders.ts'
import { homeFolder } from '../appFiles.ts'
import { pathFrom } from './terminal.ts'

/**
 * The run that a person means: its folder, or its name beside `--project`, which may be the folder of the
 * project or that of its images; `last` is the newest.
 *
 * @throws WorkbenchError `bad-request` or `not-found` that says which runs there are
 */
export async function runPlaceOf(run: string, project: string | undefined): Promise<RunPlace> {
  const asFolder = pathFrom(run)
  if (existsSync(join(asFolder, 'config.json'))) return placeOf(asFolder)
  if (project === undefined)
    throw new WorkbenchError(
      'bad-request',
      `${run} is not the folder of a run. Name its folder, such as ~/Antipode/photos-1a2b3c/runs/` +
        '2026-11-24-1, or its name together with --project DIR.',
    )
  const folder = projectFolderOf(project)
  const runs = await listRuns(join(folder, 'runs'))
  const name = run === 'last' ? runs.at(-1) : run
  if (name !== undefined && runs.includes(name)) return placeOf(join(folder, 'runs', name))
  throw new WorkbenchError(
    'not-found',
    runs.length === 0
      ? `The project ${folder} has no runs yet. Train one first.`
      : `There is no run ${run} in ${folder}; there are ${runs.slice(-8).join(', ')}.`,
  )
}

/**
 * The project in a folder, or of a folder of images.
 *
 * @throws WorkbenchError `not-found` where there is none
 */
export function projectFolderOf(argument: string): string {
  const folder = pathFrom(argument)
  const candidates = [folder, defaultProjectFolder(homeFolder(), folder)]
  const found = candidates.find((candidate) => existsSync(join(candidate, 'project.db')))
  if (found !== undefined) return found
  throw new WorkbenchError(
    'not-found',
    `There is no project in ${folder}, and none of the images there. Open or train them first.`,
  )
}

function placeOf(runFolder: string): RunPlace {
  const project = dirname(dirname(runFolder))
  return { run: basename(runFolder), runFolder, pixelsFolder: join(project, 'pixels') }
}
