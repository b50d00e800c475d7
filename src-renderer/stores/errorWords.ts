import { WorkbenchError } from '../../src-main/contract/errors.ts'
import type { ErrorCode } from '../../src-main/contract/errors.ts'

export interface ErrorWords {
  readonly title: string
  readonly detail: string
  readonly advice: string
}

const titles: Readonly<Record<ErrorCode, string>> = {
  'bad-request': 'That cannot be done like this',
  'not-found': 'Not found',
  busy: 'Something else is going on',
  'newer-version': 'Made by a newer Antipode',
  cancelled: 'Cancelled',
  io: 'A file or folder is in the way',
  'no-engine': 'This engine cannot run here',
  'engine-failed': 'The engine failed',
  'device-lost': 'The graphics device was lost',
  'compute-died': 'The compute process ended',
  internal: 'Something went wrong',
}

const advice: Readonly<Record<ErrorCode, string>> = {
  'bad-request': 'Change the value that is named, then try again.',
  'not-found': 'Check the name, or choose another one.',
  busy: 'Wait until it is done or stop it, then try again.',
  'newer-version': 'Update Antipode, or choose another project folder.',
  cancelled: 'Nothing was half done. Start it again whenever you like.',
  io: 'Check that the folder exists, is readable and has room, then try again.',
  'no-engine': 'Choose “Automatic” as engine, or one that is listed as available.',
  'engine-failed': 'Go on from the last checkpoint on another engine.',
  'device-lost': 'Go on from the last checkpoint, or on another engine if it happens again.',
  'compute-died':
    'Your project and labels are safe. Go on from the last checkpoint; if it happens again, take a smaller batch or image size.',
  internal: 'Try again. If it happens again, restart Antipode; nothing that was saved is lost.',
}

/** What a person reads of an error: what happened, and what to do next. */
export function wordsOf(error: unknown): ErrorWords {
  const code = error instanceof WorkbenchError ? error.code : 'internal'
  const detail = error instanceof Error ? error.message : String(error)
  return { title: titles[code], detail, advice: advice[code] }
}
