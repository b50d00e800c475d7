import type { RunSettings } from '../../contract/runs.ts'
import type { WeightSpec } from '../../model/weights.ts'
import { adamDefaults, createAdam } from './adam.ts'
import { createLars, larsDefaults, normOf } from './lars.ts'
import type { Optimizer, OptimizerSlots, ValueGroup } from './optimizer.ts'
import { createSgd } from './sgd.ts'

/** What a run's settings say of its optimizer. */
export type OptimizerSettings = Pick<RunSettings, 'optimizer' | 'momentum' | 'weightDecay' | 'clip'>

/**
 * The optimizer of a run; the same settings and gradients give the same bits on every engine.
 *
 * With `clip` c > 0 a gradient longer than c is shortened to c: g ← g · min(1, c / ‖g‖), the length over
 * all values together. Pascanu, Mikolov & Bengio, "On the difficulty of training recurrent neural
 * networks", ICML 2013, arXiv:1211.5063.
 *
 * @param slots of an earlier optimizer of the same settings to go on from
 * @throws TypeError when the slots are another optimizer's or another network's
 */
export function createOptimizer(
  settings: OptimizerSettings,
  groups: readonly ValueGroup[],
  slots?: OptimizerSlots,
): Optimizer {
  const rule = ruleOf(settings, groups, slots)
  const { clip } = settings
  if (clip <= 0) return rule
  return {
    slots: rule.slots,
    step(values, gradient, learningRate) {
      const length = normOf(gradient)
      rule.step(values, gradient, learningRate, length > clip ? clip / length : 1)
    },
  }
}

function ruleOf(
  { optimizer, momentum, weightDecay }: OptimizerSettings,
  groups: readonly ValueGroup[],
  slots: OptimizerSlots | undefined,
): Optimizer {
  switch (optimizer) {
    case 'adamw':
    case 'adam': {
      const decay = optimizer === 'adamw' ? 'decoupled' : 'coupled'
      return createAdam(groups, { ...adamDefaults, momentum, weightDecay, decay }, slots)
    }
    case 'sgd':
    case 'nesterov': {
      const isNesterov = optimizer === 'nesterov'
      return createSgd(groups, { momentum, isNesterov, weightDecay }, slots)
    }
    case 'lars':
      return createLars(groups, { ...larsDefaults, momentum, weightDecay }, slots)
    default:
      return optimizer satisfies never
  }
}

/** One group a trainable weight. Kernels have two dimensions or more, all else has one. */
export function groupsOf(specs: readonly WeightSpec[]): readonly ValueGroup[] {
  return specs
    .filter(({ trainable }) => trainable)
    .map(({ offset, shape }) => ({
      start: offset,
      end: offset + shape.reduce((product, length) => product * length, 1),
      isKernel: shape.length > 1,
    }))
}
