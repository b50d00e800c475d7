import { WorkbenchError } from '../contract/errors.ts'

/** @throws WorkbenchError `bad-request` unless `value` is a whole number in the range, ends included */
export function expectInteger(
  name: string,
  value: number,
  [from, to]: readonly [number, number],
): void {
  if (!Number.isInteger(value) || value < from || value > to)
    throw new WorkbenchError(
      'bad-request',
      `${name} is ${value}, expected a whole number from ${from} to ${to}.`,
    )
}
