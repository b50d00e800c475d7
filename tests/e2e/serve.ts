import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A web host of its own, with a home of its own, on a free port. */
export interface Served {
  /** With the token that opens it. */
  readonly url: string
  /** Where projects and uploads go. */
  readonly home: string
  stop(): Promise<void>
}

/** Starts `antipode serve` as a person would and waits until it prints its address. */
export async function serve(): Promise<Served> {
  const home = await mkdtemp(join(tmpdir(), 'antipode-e2e-'))
  const child = spawn(
    process.execPath,
    ['src-main/hosts/cli/main.ts', 'serve', '--port', '0', '--no-open'],
    { env: { ...process.env, ANTIPODE_HOME: home }, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const said: string[] = []
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const url = await new Promise<string>((resolve, reject) => {
    const listen = (chunk: Buffer) => {
      said.push(chunk.toString())
      const found = /http:\/\/\S+/.exec(said.join(''))?.[0]
      if (found) resolve(found)
    }
    child.stdout.on('data', listen)
    child.stderr.on('data', listen)
    child.once('exit', (code) =>
      reject(new Error(`serve ended with exit code ${code}: ${said.join('')}`)),
    )
  })
  return {
    url,
    home,
    stop: async () => {
      child.kill('SIGTERM')
      await ended
      await rm(home, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
