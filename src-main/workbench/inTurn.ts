/** Does work when all that was given before is done, whether it succeeded or failed. */
export type InTurn = <Result>(work: () => Promise<Result>) => Promise<Result>

/** A queue of its own: what is given to it is done one after the other, in the order it came. */
export function queueOfWork(): InTurn {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const result = last.then(work)
    last = result.catch(() => undefined)
    return result
  }
}
