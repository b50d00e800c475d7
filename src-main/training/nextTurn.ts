/** Lets timers, messages and files have their turn: engines work without ever waiting. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
