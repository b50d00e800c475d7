import { readdirSync } from 'node:fs'
import { cruise, type IForbiddenRuleType } from 'dependency-cruiser'
import { expect, it } from 'vitest'

/** From the ground up. A folder may know those of the lines before its own, and itself. */
const layers = [
  ['contract'],
  ['numeric'],
  ['losses', 'model', 'data'],
  ['training', 'analysis', 'export'],
  ['workbench'],
  ['hosts'],
]

/** Node, DOM and tensors stay out of the contract; these two run anywhere. */
const contractPackages = '^node_modules/(zod|birpc)/'

const layerRules: IForbiddenRuleType[] = layers.flatMap((layer, height) =>
  layer.map((folder) => ({
    name: `${folder} knows only what is below it`,
    severity: 'error' as const,
    from: { path: `^src-main/${folder}/` },
    to: {
      path: '^src-(main|renderer)/',
      pathNot: `^src-main/(${[...layers.slice(0, height).flat(), folder].join('|')})/`,
    },
  })),
)

const rules: IForbiddenRuleType[] = [
  { name: 'no cycles', severity: 'error', from: {}, to: { circular: true } },
  ...layerRules,
  {
    name: 'the contract is pure',
    severity: 'error',
    from: { path: '^src-main/contract/' },
    to: { pathNot: `^src-main/contract/|${contractPackages}` },
  },
  {
    name: 'the renderer sees only the contract',
    severity: 'error',
    from: { path: '^src-renderer/' },
    to: { path: '^src-main/', pathNot: '^src-main/contract/' },
  },
  {
    name: 'TensorFlow.js has one door',
    severity: 'error',
    from: { path: '^src-main/', pathNot: '^src-main/numeric/' },
    to: { path: '^node_modules/@tensorflow/', dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'only the Electron host knows Electron',
    severity: 'error',
    from: { path: '^src-', pathNot: '^src-main/hosts/electron/' },
    to: { path: '^node_modules/electron/' },
  },
]

it('keeps the layers', async () => {
  const result = await cruise(['src-main', 'src-renderer'], {
    validate: true,
    ruleSet: { forbidden: rules },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.vue', '.js'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
    },
  })
  if (typeof result.output === 'string') throw new TypeError('expected a cruise result')
  expect(
    result.output.summary.violations.map((v) => `${v.rule.name}: ${v.from} -> ${v.to}`),
  ).toEqual([])
  expect(result.output.summary.totalCruised).toBeGreaterThan(60)
})

it('has no folder of src-main outside the layers', () => {
  const folders = readdirSync('src-main', { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
  expect(folders.sort()).toEqual(layers.flat().sort())
})

it('keeps the top level to what a newcomer expects', () => {
  const allowed =
    /^(\..*|package(-lock)?\.json|tsconfig\.json|electron\.vite\.config\.ts|eslint\.config\.mjs|src-main|src-renderer|resources|tests|README\.md|LICENSE|CHANGELOG\.md|node_modules|out|dist)$/
  expect(readdirSync('.').filter((name) => !allowed.test(name))).toEqual([])
})
