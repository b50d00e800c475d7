import { expect, it } from 'vitest'
import { createRunControl } from '../../../src-main/training/runControl.ts'

it('goes on at once unless it is paused', async () => {
  const control = createRunControl()
  await control.whenGoing()
  expect(control.isPaused).toBe(false)
})

it('holds all who wait until it is resumed', async () => {
  const control = createRunControl()
  control.command('pause')
  expect(control.isPaused).toBe(true)
  let released = 0
  const waiting = [control.whenGoing(), control.whenGoing()].map((wait) =>
    wait.then(() => released++),
  )
  await Promise.resolve()
  expect(released).toBe(0)
  control.command('resume')
  await Promise.all(waiting)
  expect(released).toBe(2)
  expect(control.isStopping).toBe(false)
})

it('lets go when it is stopped, and stays stopped', async () => {
  const control = createRunControl()
  control.command('pause')
  const wait = control.whenGoing()
  control.command('stop')
  await wait
  expect(control.signal.aborted).toBe(true)
  control.command('pause')
  expect(control.isPaused).toBe(false)
  await control.whenGoing()
})
