import type { ParameterSpec } from '../../contract/catalogue.ts'
import { lossCatalogue } from '../../losses/catalogue.ts'
import { minerCatalogue } from '../../losses/miners/catalogue.ts'
import { suspectMethods } from '../../contract/suspects.ts'
import { groupSizes } from '../../contract/suspectPolicy.ts'
import { settingsCatalogue } from '../../training/settings.ts'
import { flagOf } from './flags.ts'

/** Every command and flag; those of runs come from the catalogue, like the form of the window. */
export function helpText(): string {
  return [
    'Antipode: contrastive and metric learning on your own image folders.',
    '',
    'antipode train <folder>   train on a folder of images; the label of an image is its folder',
    '  --project DIR           the project’s folder; one in ~/Antipode if left out',
    '  --regime NAME           contrastive, metric or mixed; metric if there are two labels or more',
    `  --loss NAME             ${lossCatalogue.map(({ name }) => name).join(', ')}`,
    '  --plus NAME=X,…         losses that are added, with their weights: align-uniform=0.1',
    `  --miner NAME            ${minerCatalogue.map(({ name }) => name).join(', ')}; none`,
    '  --engine NAME           auto, cuda, webgpu, native or wasm',
    '  --json                  one JSON object on stdout when the run has ended',
    ...settingsCatalogue.map((spec) => parameterLine(spec)),
    ...lossCatalogue.flatMap(({ title, parameters }) => [
      `  ${title}:`,
      ...parameters.map((spec) => parameterLine(spec)),
    ]),
    ...minerCatalogue.flatMap(({ title, parameters }) =>
      parameters.length === 0
        ? []
        : [`  Miner ${title}:`, ...parameters.map((spec) => parameterLine(spec, 'miner-'))],
    ),
    '',
    'antipode resume RUN       goes on from the last checkpoint of a run that was stopped or has failed',
    '  --project DIR           where RUN, a name or “last”, lies; not needed for a run’s own folder',
    '  --engine NAME           another one; the run’s own if left out',
    '  --json                  as of train',
    '',
    'antipode suspects RUN     pairs that training pushes apart though they may belong together',
    '  --project DIR           where RUN, a name or “last”, lies; not needed for a run’s own folder',
    '  --top N                 pairs that are listed; 20',
    `  --method NAME           ${suspectMethods.join(', ')}`,
    `  --group NAME            images that belong together: ${groupSizes.join(', ')}; medium`,
    '  --epoch N               the last one if left out',
    '  --evaluate              how well each method finds pairs of one label; needs labels',
    '  --share X               of the pairs that would be eliminated, with --evaluate',
    '  --json                  one JSON object on stdout',
    '',
    'antipode review export    verdicts of people as CSV',
    '  --project DIR           of the project or its images',
    '  --out FILE              stdout if left out',
    'antipode review import FILE  takes verdicts in, as one step that can be undone',
    '  --project DIR           of the project or its images',
    '  --replace               where the file and the project contradict each other, the file counts',
    '  --check                 only says line by line what would be taken in, and what contradicts',
    '',
    'antipode losses [NAME]    all losses, or everything that is known of one',
    '  --json                  as JSON on stdout',
    '',
    'antipode doctor           which engines run here and how fast, and what the others lack',
    '  --measure               measure them again, also those that crashed',
    '  --json                  as one JSON object on stdout',
    '',
    'antipode serve [folder]   the workbench in a browser',
    '  --port PORT             any free one if left out',
    '  --host ADDRESS          127.0.0.1 if left out: this machine only',
    '  --no-open               do not open the browser',
    '',
    'antipode --version',
    '',
    'Ctrl-C stops a run at its next step, so that it can be continued; a second one ends at once.',
    'Exit codes: 0 done, 1 failed, 2 the input cannot be worked with, 130 stopped.',
  ].join('\n')
}

function parameterLine(spec: ParameterSpec, owner = ''): string {
  const value = valueOf(spec)
  const choices =
    spec.kind === 'choice' ? ` (${spec.choices.map((choice) => choice.value).join(', ')})` : ''
  // A flag that fills its column still stands apart from its words.
  const flag = `  --${owner}${flagOf(spec.name)} ${value}  `.padEnd(26)
  return `${flag}${spec.title}${choices}${defaultOf(spec)}`
}

function valueOf(spec: ParameterSpec): string {
  if (spec.kind === 'text') return spec.isPath ? 'FILE' : 'NAME'
  if (spec.kind === 'choice') return 'NAME'
  if (spec.unit === 'px') return 'PX'
  return spec.isInteger ? 'N' : 'X'
}

function defaultOf(spec: ParameterSpec): string {
  const others = Object.entries(spec.defaults ?? {}).map(
    ([regime, value]) => `, ${value} if ${regime}`,
  )
  const usual = spec.kind === 'text' ? spec.placeholder : spec.default
  return `; ${usual}${others.join('')}`
}
