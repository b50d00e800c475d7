import type { ChoiceSpec, NumberSpec, ParameterSpec, ShownIf } from '../contract/catalogue.ts'
import { samplers } from '../contract/runs.ts'
import type { Sampler } from '../contract/runs.ts'

const samplerTitles: Readonly<Record<Sampler, string>> = {
  labels: 'Some labels, some images of each',
  hierarchical: 'Labels of one folder',
  balanced: 'Every label equally often',
  'hard-labels': 'Labels that lie near each other',
  uniform: 'All images alike',
  distinct: 'All alike, no copies together',
}

const byLabel: ShownIf = {
  name: 'sampler',
  isOneOf: ['labels', 'hierarchical', 'balanced', 'hard-labels'],
}
const withMemory: ShownIf = { name: 'memorySize', isAbove: 0 }

/** Which pairs meet: the batch, the memory, and the temperature that weighs them. */
export const pairSettings: readonly ParameterSpec[] = [
  choice('sampler', {
    title: 'Batches',
    meaning:
      'What the images of a batch have in common; those that are alike make harder negatives.',
    default: 'labels',
    defaults: { contrastive: 'uniform' },
    choices: samplers.map((value) => ({ value, title: samplerTitles[value] })),
    group: 'batches',
  }),
  number('imagesPerLabel', {
    title: 'Images per label',
    meaning:
      'Images of one label in a batch; more of them mean more positives and fewer labels at once.',
    regimes: ['metric', 'mixed'],
    default: 3,
    min: 2,
    max: 512,
    isInteger: true,
    unit: 'images',
    advanced: true,
    group: 'batches',
    shownIf: byLabel,
  }),
  number('memorySize', {
    title: 'Memory',
    meaning:
      'Rows of earlier steps that anchors are compared with too, 0 for none; more of them give small ' +
      'batches the negatives of large ones, and are older.',
    default: 0,
    min: 0,
    max: 65_536,
    step: 1024,
    isInteger: true,
    unit: 'rows',
    group: 'memory',
  }),
  number('memoryWarmup', {
    title: 'Memory begins after',
    meaning:
      'Epochs before the memory begins to fill: at first rows move so fast that old ones mislead.',
    default: 1,
    min: 0,
    max: 1000,
    unit: 'epochs',
    group: 'memory',
    shownIf: withMemory,
  }),
  number('memoryMomentum', {
    title: 'Momentum encoder',
    meaning:
      'Part of its weights that a second encoder keeps at each step, which fills the memory with rows of ' +
      'one kind; 0 for none, MoCo takes 0.99 – 0.999. Costs another pass.',
    default: 0,
    min: 0,
    max: 0.9999,
    step: 0.01,
    group: 'memory',
    shownIf: withMemory,
  }),
  choice('memoryKind', {
    title: 'Memory keeps',
    meaning:
      'The newest rows of all, or as many of each label, so that frequent labels do not push rare ones out.',
    default: 'newest',
    choices: [
      { value: 'newest', title: 'The newest rows' },
      { value: 'by-label', title: 'As many of each label' },
    ],
    advanced: true,
    group: 'memory',
    shownIf: withMemory,
  }),
  choice('memoryOwn', {
    title: 'Old copy of an image',
    meaning:
      'What an older row of the same image is to it: a positive holds the embedding where it was, and ' +
      'suits a momentum encoder.',
    default: 'ignored',
    choices: [
      { value: 'ignored', title: 'Left out' },
      { value: 'positive', title: 'A positive' },
    ],
    advanced: true,
    group: 'memory',
    shownIf: withMemory,
  }),
  choice('memoryBatch', {
    title: 'The batch itself',
    meaning:
      'Anchors see their batch as it is, so that both ends of a pair move, or only what the memory holds ' +
      'of it, so that the anchor alone does, as in PyTorch Metric Learning and MoCo.',
    default: 'live',
    choices: [
      { value: 'live', title: 'As it is, beside the memory' },
      { value: 'stored', title: 'Only in the memory' },
    ],
    advanced: true,
    group: 'memory',
    shownIf: withMemory,
  }),
  choice('temperatureSchedule', {
    title: 'Temperature over time',
    meaning:
      'Small temperatures tell images apart, large ones group them; a cosine does both in turn.',
    default: 'constant',
    choices: [
      { value: 'constant', title: 'Constant' },
      { value: 'linear', title: 'Linear' },
      { value: 'cosine', title: 'Cosine, up and down' },
    ],
    advanced: true,
    group: 'temperature',
  }),
  number('temperatureEnd', {
    title: 'Other end τ₂',
    meaning: 'Temperature at the end of the line, or at the other turning point of the cosine.',
    default: 0.5,
    min: 0,
    max: 10,
    isMinExclusive: true,
    step: 1.1,
    scale: 'log',
    advanced: true,
    group: 'temperature',
    shownIf: { name: 'temperatureSchedule', isOneOf: ['linear', 'cosine'] },
  }),
  number('temperaturePeriod', {
    title: 'Period',
    meaning: 'Epochs from one turning point of the cosine to the next of its kind.',
    default: 10,
    min: 0,
    max: 10_000,
    isMinExclusive: true,
    unit: 'epochs',
    advanced: true,
    group: 'temperature',
    shownIf: { name: 'temperatureSchedule', isOneOf: ['cosine'] },
  }),
]

function number(
  name: string,
  fields: Omit<NumberSpec, 'kind' | 'name' | 'isInteger' | 'step' | 'scale' | 'unit'> &
    Partial<NumberSpec>,
): NumberSpec {
  return { kind: 'number', name, isInteger: false, step: 1, scale: 'linear', unit: '', ...fields }
}

function choice(name: string, fields: Omit<ChoiceSpec, 'kind' | 'name'>): ChoiceSpec {
  return { kind: 'choice', name, ...fields }
}
