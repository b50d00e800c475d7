import type {
  ChoiceSpec,
  NumberSpec,
  ParameterSpec,
  ParameterValues,
  Regime,
} from '../contract/catalogue.ts'
import { WorkbenchError } from '../contract/errors.ts'

/**
 * The value of every parameter: the one asked for, or the regime's default. Parameters that do not
 * matter in the regime are filled in too, so that a configuration is complete.
 *
 * @param owner what the parameters belong to, for messages: `the loss triplet`
 * @throws WorkbenchError `bad-request` for an unknown name or a value out of its range
 */
export function resolveParameters(
  specs: readonly ParameterSpec[],
  values: ParameterValues,
  { regime, owner }: { readonly regime: Regime; readonly owner: string },
): ParameterValues {
  const names = specs.map(({ name }) => name)
  for (const name of Object.keys(values))
    if (!names.includes(name))
      throw new WorkbenchError(
        'bad-request',
        `${owner} has no parameter ${name}; it has ${names.join(', ')}`,
      )
  return Object.fromEntries(
    specs.map((spec) => {
      const value = values[spec.name]
      return [spec.name, value === undefined ? defaultOf(spec, regime) : checked(spec, value)]
    }),
  )
}

export function defaultOf(spec: ParameterSpec, regime: Regime): number | string {
  return spec.defaults?.[regime] ?? spec.default
}

function checked(spec: ParameterSpec, value: number | string): number | string {
  const problem = problemOf(spec, value)
  if (problem !== null)
    throw new WorkbenchError('bad-request', `${spec.name} is ${value}, but must be ${problem}`)
  return value
}

function problemOf(spec: ParameterSpec, value: number | string): string | null {
  switch (spec.kind) {
    case 'number':
      return problemOfNumber(spec, value)
    case 'choice':
      return problemOfChoice(spec, value)
    case 'text':
      return typeof value === 'string' && !value.includes('\0') ? null : 'a text'
    default:
      return spec satisfies never
  }
}

function problemOfNumber(spec: NumberSpec, value: number | string): string | null {
  const { min, max, isInteger, isMinExclusive = false } = spec
  const isInRange =
    typeof value === 'number' && value <= max && (isMinExclusive ? value > min : value >= min)
  if (isInRange && (!isInteger || Number.isInteger(value))) return null
  const number = isInteger ? 'a whole number, ' : ''
  return isMinExclusive
    ? `${number}greater than ${min} and at most ${max}`
    : `${number}at least ${min} and at most ${max}`
}

function problemOfChoice({ choices }: ChoiceSpec, value: number | string): string | null {
  const values = choices.map((choice) => choice.value)
  return values.some((known) => known === value) ? null : `one of ${values.join(', ')}`
}
