import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { WorkbenchError } from '../../contract/errors.ts'
import { homeFolders } from '../../workbench/projectFolders.ts'
import { findAppFiles, homeFolder } from '../appFiles.ts'
import { startWebHost } from '../web/server.ts'
import { numberOf, readFlags, textOf } from './flags.ts'
import { openBrowser } from './openBrowser.ts'
import { openWorkbench } from './openWorkbench.ts'
import { onInterrupt, pathFrom } from './terminal.ts'

/** `serve [folder]`: the workbench in a browser, until Ctrl-C. Returns the exit code. */
export async function serveCommand(args: readonly string[]): Promise<number> {
  const flags = readFlags(args, {
    port: { type: 'string' },
    host: { type: 'string' },
    'no-open': { type: 'boolean' },
  })
  const [folder] = flags.positionals
  const { rendererFolder } = findAppFiles()
  if (!existsSync(join(rendererFolder, 'index.html')))
    throw new WorkbenchError('io', 'The window is not built yet. Build it first: npm run build')

  const workbench = openWorkbench({ servesPerson: true })
  let stop = (): void => undefined
  const stopped = new Promise<void>((resolve) => {
    stop = resolve
  })
  const endInterrupts = onInterrupt(stop)
  try {
    const host = await startWebHost({
      workbench,
      rendererFolder,
      uploadsFolder: homeFolders.uploads(homeFolder()),
      host: textOf(flags, 'host'),
      port: portIn(textOf(flags, 'port')),
      log: (error) => void process.stderr.write(`${textOfError(error)}\n`),
    })
    try {
      if (folder !== undefined) await workbench.openFolder({ folder: pathFrom(folder) })
      process.stdout.write(`Antipode is at ${host.url}\n`)
      process.stderr.write('Ctrl-C ends it.\n')
      if (!flags.values['no-open']) openBrowser(host.url)
      await stopped
      return 0
    } finally {
      await host.close()
    }
  } finally {
    await workbench.dispose()
    endInterrupts()
  }
}

function portIn(text: string | undefined): number {
  if (text === undefined) return 0
  const port = numberOf('port', text)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new WorkbenchError(
    'bad-request',
    `--port is ${text}, but must be a whole number from 0 (any free one) to 65535.`,
  )
}

function textOfError(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
