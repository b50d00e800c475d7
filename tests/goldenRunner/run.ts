import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { cpuRung } from '../../src-main/numeric/engines/cpu.ts'
import { wasmRung } from '../../src-main/numeric/engines/wasm.ts'
import { checkFixture } from './checkFixtures.ts'
import type { Outcome } from './checkFixtures.ts'
import { NoFixtures, readFixtures } from './fixtures.ts'

/** `cpu` is the reference; on `wasm` losses run under the `native` engine. */
const backends = { cpu: cpuRung, wasm: wasmRung } as const
type Backend = keyof typeof backends

const usage = `Usage: npm run -s test:golden -- [DIR] [--backend ${Object.keys(backends).join('|')}]`

/** Checks every fixture of a folder on each backend; the last line counts cases times backends. */
process.exitCode = await main()

async function main(): Promise<number> {
  let options: { readonly folder: string; readonly chosen: readonly Backend[] }
  try {
    options = optionsOf(process.argv.slice(2))
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}\n`)
    return 2
  }
  const { folder, chosen } = options
  let [passed, failed] = [0, 0]
  try {
    const fixtures = readFixtures(folder)
    for (const backend of chosen) {
      await backends[backend].open()
      for (const fixture of fixtures)
        for await (const outcome of checkFixture(fixture)) {
          if (isPassed(outcome)) passed += 1
          else failed += 1
          process.stdout.write(linesOf(outcome, backend))
        }
    }
  } catch (error) {
    if (!(error instanceof NoFixtures)) throw error
    process.stdout.write(`${error.message}\n`)
    failed += 1
  }
  process.stdout.write(`${passed} passed, ${failed} failed\n`)
  return failed > 0 ? 1 : 0
}

function optionsOf(args: string[]): {
  readonly folder: string
  readonly chosen: readonly Backend[]
} {
  const { values, positionals } = parseArgs({
    args,
    options: { backend: { type: 'string' } },
    allowPositionals: true,
  })
  const [folder = defaultFolder(), ...others] = positionals
  if (others.length > 0) throw new Error(`Expected one folder, found ${positionals.length}.`)
  const all = Object.keys(backends) as Backend[]
  const { backend } = values
  const chosen = backend === undefined ? all : all.filter((name) => name === backend)
  if (chosen.length === 0)
    throw new Error(`There is no backend ${backend ?? ''}; there are ${all.join(' and ')}.`)
  return { folder, chosen }
}

function defaultFolder(): string {
  return relative(process.cwd(), fileURLToPath(new URL('../golden', import.meta.url)))
}

function isPassed({ findings, reason }: Outcome): boolean {
  return findings.length === 0 && reason === undefined
}

/** One line a finding: file, case, backend, what, found, expected, tolerance. */
function linesOf({ file, name, findings, reason }: Outcome, backend: Backend): string {
  const where = `FAIL ${file}${name === '' ? '' : ` · ${name}`} · ${backend}`
  if (reason !== undefined) return `${where} · ${reason}\n`
  return findings
    .map(({ what, found, expected, tolerance }) => {
      const within = tolerance === undefined ? '' : `, tolerance ${tolerance}`
      return `${where} · ${what}: found ${found}, expected ${expected}${within}\n`
    })
    .join('')
}
