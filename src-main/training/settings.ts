import type { NumberSpec, ParameterSpec } from '../contract/catalogue.ts'
import { suspectSettings } from './suspectSettings.ts'
import { importSettings, ownBackbones } from './importSettings.ts'
import { pairSettings } from './pairSettings.ts'

/**
 * Every knob of a run that does not belong to its loss; the names are those of `RunSettings`. Pure data:
 * form, command line, validation and documentation are made from it.
 *
 * The defaults were measured on half of the labels of a set of 6,299 emoji drawings at 32 px.
 */
export const settingsCatalogue: readonly ParameterSpec[] = [
  count('epochs', {
    title: 'Epochs',
    meaning:
      'Passes over the training images; left out, it is chosen so that small and large folders see ' +
      'about equally many images.',
    default: 60,
    min: 1,
    max: 10_000,
    step: 10,
    unit: 'epochs',
  }),
  count('imageSize', {
    title: 'Image size',
    meaning: 'Side of the image that the network sees; twice the side takes four times as long.',
    default: 32,
    min: 8,
    max: 512,
    step: 8,
    unit: 'px',
  }),
  {
    kind: 'choice',
    name: 'backbone',
    title: 'Backbone',
    meaning:
      'The network before the projector: a plain one is quick and learns from few images, ResNet-18 and ' +
      'MobileNetV2 can tell more apart, want more images and take several times as long; one from a file ' +
      'begins with what it has learnt elsewhere.',
    default: 'cnn',
    choices: [
      { value: 'cnn', title: 'Plain convolutions' },
      { value: 'resnet18', title: 'ResNet-18' },
      { value: 'mobilenetv2', title: 'MobileNetV2' },
      { value: 'imported', title: 'From a file' },
    ],
  },
  ...importSettings,
  count('width', {
    title: 'Width',
    meaning:
      'Filters of the first block, from which all later ones follow; a wider network can tell more ' +
      'apart and takes longer. 64 is ResNet-18’s own, 32 MobileNetV2’s.',
    default: 32,
    min: 1,
    max: 512,
    step: 8,
    unit: 'filters',
    advanced: true,
    shownIf: ownBackbones,
  }),
  count('depth', {
    title: 'Depth',
    meaning:
      'Blocks of the plain backbone, each of which halves the image, or stages of the others: ResNet-18 ' +
      'has 4, MobileNetV2 7; a deeper network sees farther.',
    default: 4,
    min: 1,
    max: 8,
    step: 1,
    unit: 'blocks',
    advanced: true,
    shownIf: ownBackbones,
  }),
  fraction('dropout', {
    title: 'Dropout',
    meaning:
      'Share of the features that each training step leaves out at random; more of it keeps the ' +
      'embedding from leaning on few of them.',
    default: 0,
    min: 0,
    max: 0.9,
    step: 0.1,
    unit: '',
    advanced: true,
  }),
  count('projectorHidden', {
    title: 'Projector’s hidden units',
    meaning:
      'Units between features and embedding, 0 for none; a projector keeps the features general ' +
      'while the embedding follows the loss.',
    default: 0,
    min: 0,
    max: 8192,
    step: 64,
    unit: 'units',
    advanced: true,
  }),
  count('dim', {
    title: 'Embedding dimensions',
    meaning: 'Dimensions of the sphere that the embedding lives on; with 3 the picture is exact.',
    default: 64,
    min: 2,
    max: 4096,
    step: 16,
    unit: 'dimensions',
  }),
  count('batchSize', {
    title: 'Batch size',
    meaning:
      'Images in a batch, each an other to all the rest; more of them mean more negatives and ' +
      'fewer steps.',
    default: 128,
    min: 4,
    max: 8192,
    step: 32,
    unit: 'images',
  }),
  ...pairSettings,
  {
    kind: 'number',
    name: 'learningRate',
    title: 'Learning rate',
    meaning:
      'Length of a step at its highest; too large and the loss jumps, too small and it crawls.',
    default: 0.003,
    min: 0,
    max: 1,
    isMinExclusive: true,
    isInteger: false,
    step: 2,
    scale: 'log',
    unit: '',
  },
  fraction('warmupEpochs', {
    title: 'Warm-up',
    meaning: 'Epochs in which the learning rate climbs from 0, before it sinks along a cosine.',
    default: 1,
    min: 0,
    max: 1000,
    step: 1,
    unit: 'epochs',
    advanced: true,
  }),
  fraction('weightDecay', {
    title: 'Weight decay',
    meaning: 'Pulls the weights towards 0 at each step; more of it makes the network plainer.',
    default: 0.01,
    min: 0,
    max: 1,
    step: 0.01,
    unit: '',
    advanced: true,
  }),
  {
    kind: 'choice',
    name: 'optimizer',
    title: 'Optimizer',
    meaning:
      'How a step follows the gradient. AdamW suits nearly everything; SGD wants a learning rate some ' +
      'ten times as high, LARS one near 1 and large batches. What the loss itself learns, such as ' +
      'proxies, always takes Adam.',
    default: 'adamw',
    choices: [
      { value: 'adamw', title: 'AdamW' },
      { value: 'adam', title: 'Adam' },
      { value: 'sgd', title: 'SGD' },
      { value: 'nesterov', title: 'SGD with Nesterov momentum' },
      { value: 'lars', title: 'LARS' },
    ],
    advanced: true,
  },
  fraction('momentum', {
    title: 'Momentum',
    meaning:
      'Part of its last direction that a step keeps (β₁ of Adam); more of it makes the path smoother ' +
      'and slower to turn.',
    default: 0.9,
    min: 0,
    max: 0.999,
    step: 0.05,
    unit: '',
    advanced: true,
  }),
  fraction('clip', {
    title: 'Longest gradient',
    meaning:
      'A gradient that is longer is shortened to this, 0 for no limit; a low limit tames jumps of the ' +
      'loss and slows steep stretches.',
    default: 0,
    min: 0,
    max: 1000,
    step: 0.5,
    unit: '',
    advanced: true,
  }),
  {
    kind: 'choice',
    name: 'averaging',
    title: 'Averaged weights',
    meaning:
      'Embeds and exports with a mean of the weights along the way, which is steadier than the weights ' +
      'of the last step; training itself does not change.',
    default: 'none',
    choices: [
      { value: 'none', title: 'None' },
      { value: 'ema', title: 'Moving mean of all steps' },
      { value: 'swa', title: 'Plain mean of the last quarter' },
    ],
    advanced: true,
  },
  fraction('averagingDecay', {
    title: 'Decay of the moving mean',
    meaning: 'Part of the moving mean that one step keeps; 0.99 looks back about 100 steps.',
    default: 0.99,
    min: 0,
    max: 0.99999,
    step: 0.01,
    unit: '',
    advanced: true,
  }),
  fraction('augmentation', {
    title: 'Augmentation',
    meaning:
      'Strength of all random changes of an image at once, 0 for none and 1 for the recipe’s; more ' +
      'of it makes the embedding blind to more.',
    default: 1,
    defaults: { contrastive: 0.6 },
    min: 0,
    max: 2,
    step: 0.1,
    unit: '',
  }),
  fraction('flip', {
    title: 'Flip',
    meaning: 'How often an image is mirrored; 0 where left and right matter, as in letters.',
    default: 0.5,
    min: 0,
    max: 1,
    step: 0.1,
    unit: '',
    advanced: true,
  }),
  ...suspectSettings,
  {
    kind: 'choice',
    name: 'split',
    title: 'Held-out part',
    meaning:
      'What the scores are measured on: labels that training never sees, or unseen images of labels ' +
      'that it does see.',
    default: 'open',
    choices: [
      { value: 'open', title: 'Unseen labels' },
      { value: 'closed', title: 'Unseen images of known labels' },
    ],
  },
  fraction('holdout', {
    title: 'Share held out',
    meaning:
      'Share of the labels, or of each label’s images, that only the scores see; more of it makes ' +
      'them steadier and leaves less to learn from.',
    default: 0.5,
    min: 0,
    max: 0.9,
    step: 0.05,
    unit: '',
  }),
  count('seed', {
    title: 'Seed',
    meaning: 'Chooses all random numbers of the run; the same seed gives the same run.',
    default: 1,
    min: 0,
    max: 2 ** 31 - 1,
    step: 1,
    unit: '',
    advanced: true,
  }),
]

type NumberFields = Pick<NumberSpec, 'title' | 'meaning' | 'default' | 'min' | 'max'> &
  Pick<NumberSpec, 'step' | 'unit'> &
  Partial<Pick<NumberSpec, 'regimes' | 'defaults' | 'advanced' | 'shownIf'>>

function count(name: string, fields: NumberFields): NumberSpec {
  return { kind: 'number', name, isInteger: true, scale: 'linear', ...fields }
}

function fraction(name: string, fields: NumberFields): NumberSpec {
  return { kind: 'number', name, isInteger: false, scale: 'linear', ...fields }
}
