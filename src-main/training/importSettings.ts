import type { ParameterSpec, ShownIf } from '../contract/catalogue.ts'

/** What is only asked of a backbone that comes from a file, and what only of the others. */
const imported: ShownIf = { name: 'backbone', isOneOf: ['imported'] }
export const ownBackbones: ShownIf = {
  name: 'backbone',
  isOneOf: ['cnn', 'resnet18', 'mobilenetv2'],
}

/** Settings of a run whose backbone is a model of somebody else. */
export const importSettings: readonly ParameterSpec[] = [
  {
    kind: 'text',
    name: 'modelFile',
    title: 'Model file',
    meaning:
      'The model.json of a TensorFlow.js model, or its folder; the backbone and its weights are taken ' +
      'from it when the run starts, and kept with the run.',
    default: '',
    placeholder: 'model.json or its folder',
    isPath: true,
    shownIf: imported,
  },
  {
    kind: 'choice',
    name: 'importedWeights',
    title: 'Imported weights',
    meaning:
      'Trained on, which wants a learning rate some ten times lower, or frozen: then only the projector ' +
      'learns, in a fraction of the time and from few images.',
    default: 'trained',
    choices: [
      { value: 'trained', title: 'Trained on' },
      { value: 'frozen', title: 'Frozen' },
    ],
    shownIf: imported,
  },
  {
    kind: 'text',
    name: 'tap',
    title: 'Tap',
    meaning:
      'Name of the layer whose output are the features; left out, it is the last pool over all positions, ' +
      'in front of a classifier.',
    default: '',
    placeholder: 'the last pool',
    isPath: false,
    advanced: true,
    shownIf: imported,
  },
  {
    kind: 'choice',
    name: 'inputRange',
    title: 'Values of its images',
    meaning:
      'What the model was trained on; left out, it is −1 to 1, or what its first layer asks for if that ' +
      'rescales images.',
    default: 'auto',
    choices: [
      { value: 'auto', title: 'As its first layer says' },
      { value: 'signed', title: '−1 to 1' },
      { value: 'unit', title: '0 to 1' },
      { value: 'bytes', title: '0 to 255' },
    ],
    advanced: true,
    shownIf: imported,
  },
]
