import { Workbench } from '../../workbench/Workbench.ts'
import { findAppFiles, homeFolder } from '../appFiles.ts'
import { computeStarter } from '../compute/spawn.ts'
import type { ComputeOptions } from '../compute/spawn.ts'

/** The workbench as the command line and the web host use it; the caller disposes of it. */
export function openWorkbench(options: ComputeOptions = {}): Workbench {
  const { version, sampleFolder } = findAppFiles()
  return new Workbench({
    host: 'web',
    version,
    home: homeFolder(),
    sampleFolder,
    startCompute: computeStarter((line) => void process.stderr.write(`${line}\n`), options),
    now: () => new Date(),
  })
}
