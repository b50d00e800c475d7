import { WorkbenchError } from '../../contract/errors.ts'
import { findAppFiles } from '../appFiles.ts'

/**
 * The command line. Each command is loaded when it is asked for, so that a slip of the pen is answered
 * at once. Exit codes: 0 done, 1 something failed inside, 2 the input is not one to work with, 130
 * stopped.
 */
process.exitCode = await main(process.argv.slice(2))

async function main([command, ...args]: readonly string[]): Promise<number> {
  try {
    const isAskingForHelp = args.includes('--help') || args.includes('-h')
    if (command === undefined || command === 'help' || command === '--help' || isAskingForHelp) {
      const { helpText } = await import('./help.ts')
      process.stdout.write(`${helpText()}\n`)
      return command === undefined ? 2 : 0
    }
    switch (command) {
      case '--version':
      case '-v':
        process.stdout.write(`${findAppFiles().version}\n`)
        return 0
      case 'train':
        return await (await import('./trainCommand.ts')).trainCommand(args)
      case 'resume':
        return await (await import('./resumeCommand.ts')).resumeCommand(args)
      case 'suspects':
        return await (await import('./suspectsCommand.ts')).suspectsCommand(args)
      case 'review':
        return await (await import('./reviewCommand.ts')).reviewCommand(args)
      case 'doctor':
        return await (await import('./doctorCommand.ts')).doctorCommand(args)
      case 'losses':
        process.stdout.write((await import('./lossesCommand.ts')).lossesText(args))
        return 0
      case 'serve':
        return await (await import('./serveCommand.ts')).serveCommand(args)
      default:
        throw new WorkbenchError(
          'bad-request',
          `There is no command ${command}; there are train, resume, suspects, review, losses, doctor and serve. ` +
            'See --help.',
        )
    }
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    if (!(error instanceof WorkbenchError)) {
      process.stderr.write(`${error instanceof Error ? (error.stack ?? '') : ''}\n`)
      return 1
    }
    return exitCodeOf(error)
  }
}

/** What a person can put right by asking otherwise is 2. */
function exitCodeOf({ code }: WorkbenchError): number {
  switch (code) {
    case 'bad-request':
    case 'not-found':
    case 'busy':
    case 'newer-version':
    case 'no-engine':
      return 2
    case 'cancelled':
      return 130
    case 'io':
    case 'engine-failed':
    case 'device-lost':
    case 'compute-died':
    case 'internal':
      return 1
    default:
      return code satisfies never
  }
}
