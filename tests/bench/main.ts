import { readdirSync } from 'node:fs'
import { parseArgs } from 'node:util'

/**
 * What each `NAME.ts` beside this file exports; with `json`, stdout gets one JSON object only. `only`
 * are the parts of it that are named; none means all.
 */
interface Benchmark {
  run(options: {
    readonly json: boolean
    readonly only: readonly string[]
    /** Where the data of a benchmark lies, if not where it is installed. */
    readonly data?: string
    /** How many seeds are trained with. */
    readonly seeds?: string
    /** Also what takes minutes. */
    readonly large: boolean
  }): Promise<void>
}

/** Files beside this one that are no benchmarks. */
const parts = new Set(['main', 'torch'])

const { positionals, values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    data: { type: 'string' },
    seeds: { type: 'string' },
    large: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
  allowPositionals: true,
})
const names = readdirSync(new URL('.', import.meta.url))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -'.ts'.length))
  .filter((name) => !parts.has(name))
const [name = '', ...named] = positionals
// As words of their own, or after one flag: `--only digits,emoji`.
const { only: listed, ...rest } = values
const only = [...named, ...(listed ?? '').split(',').filter((part) => part !== '')]
if (!names.includes(name)) {
  process.stderr.write(
    `Usage: npm run -s bench -- NAME [PART …] [--json], NAME one of ${names.join(', ')}\n`,
  )
  process.exit(2)
}
const benchmark = (await import(new URL(`${name}.ts`, import.meta.url).href)) as Benchmark
await benchmark.run({ ...rest, only })
