/**
 * Why the workbench refused or failed. The user interface chooses its words by this code, the
 * command line its exit code.
 */
export type ErrorCode =
  /** An argument is out of its range, of the wrong type or names something that does not exist. */
  | 'bad-request'
  | 'not-found'
  /** Another process holds the project, or a job of the same kind is running. */
  | 'busy'
  /** The project was written by a newer version. */
  | 'newer-version'
  | 'cancelled'
  /** A file or folder cannot be read or written. */
  | 'io'
  /** The engine that was asked for cannot run here. */
  | 'no-engine'
  /** An engine that could run failed at its work. */
  | 'engine-failed'
  /** The device of an engine went away: a driver that was reset, a card that was taken out. */
  | 'device-lost'
  /** The compute process ended unasked. */
  | 'compute-died'
  | 'internal'

/** The only error that crosses a border as itself; anything else arrives as `internal`. */
export class WorkbenchError extends Error {
  override readonly name = 'WorkbenchError'
  readonly code: ErrorCode

  /** @param message what was found, what was expected, and what to do; shown to people as it is */
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
