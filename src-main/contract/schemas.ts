import * as z from 'zod'
import type { WorkbenchApi } from './api.ts'
import { regimes } from './catalogue.ts'
import { engineKinds } from './engines.ts'
import { WorkbenchError } from './errors.ts'
import { handSplits, verdictKinds } from './journal.ts'
import type { LibraryCommand } from './journal.ts'
import { labelFormats } from './labelFiles.ts'
import { mostPicturePoints } from './lossPicture.ts'
import { imageMeasures } from './measures.ts'
import { replayedParts } from './runSeries.ts'
import { sphereViews } from './sphere.ts'
import { suspectMethods } from './suspects.ts'
import { groupSizes } from './suspectPolicy.ts'

/** The argument of a method; undefined where it takes none. */
type ArgumentOf<Method extends keyof WorkbenchApi> = Parameters<WorkbenchApi[Method]>[0]

const folder = z
  .string()
  .min(1)
  .max(4096)
  .refine((path) => !path.includes('\0'), 'must not hold a zero character')
const run = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/, 'is not the name of a run')
const epoch = z.int().min(0).max(1_000_000)
const nothing = z.undefined()

const clusterMethod = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('louvain'), resolution: z.number().min(0.001).max(1000) }),
  z.strictObject({ kind: z.literal('k-means'), k: z.int().min(1).max(1000) }),
])

const parameterValues = z
  .record(z.string().min(1).max(64), z.union([z.number(), z.string().max(4096)]))
  .refine((values) => Object.keys(values).length <= 100, 'must not hold more than 100 values')

/** Whether names and values exist and are in range is decided where the catalogue is known. */
const runRequest = z.strictObject({
  regime: z.enum(regimes),
  engine: z.enum(['auto', ...engineKinds, 'cpu']),
  loss: z.strictObject({
    name: z.string().min(1).max(64),
    params: parameterValues,
    plus: z
      .array(
        z.strictObject({
          name: z.string().min(1).max(64),
          params: parameterValues,
          weight: z.number(),
        }),
      )
      .max(8)
      .optional(),
  }),
  miner: z
    .strictObject({ name: z.string().min(1).max(64), params: parameterValues })
    .nullable()
    .optional(),
  settings: parameterValues,
})

/** Whether the loss and its parameters exist is decided where the catalogue is known. */
const lossPictureRequest = z
  .strictObject({
    loss: z.string().min(1).max(64),
    params: parameterValues,
    angles: z.instanceof(Float32Array).refine((angles) => angles.every(Number.isFinite), {
      error: 'must be finite',
    }),
    labels: z
      .instanceof(Int32Array)
      .refine((labels) => labels.every((label) => label >= 0 && label < mostPicturePoints), {
        error: `must be from 0 to ${mostPicturePoints - 1}`,
      }),
    learnt: z
      .array(
        z.strictObject({
          name: z.string().max(64),
          shape: z.array(z.int().min(0).max(1000)).max(4),
          values: z.instanceof(Float32Array),
        }),
      )
      .max(16),
  })
  .refine(({ angles, labels }) => angles.length === labels.length, {
    error: 'angles and labels must be as many',
  })
  .refine(({ angles }) => angles.length >= 2 && angles.length <= mostPicturePoints, {
    error: `a picture has 2 to ${mostPicturePoints} points`,
  })

const images = z.instanceof(Int32Array)
const label = z.int().min(1)
const labelName = z.string().max(1000)

const someImages = images.refine(({ length }) => length > 0, 'must name an image')
const pairs = images.refine(({ length }) => length % 2 === 0, 'must hold two images a pair')

const simpleCommands = [
  z.strictObject({ kind: z.literal('label'), images, label: label.nullable() }),
  z.strictObject({
    kind: z.literal('createLabel'),
    name: labelName,
    parent: labelName.nullable(),
    images,
  }),
  z.strictObject({ kind: z.literal('renameLabel'), label, name: labelName }),
  z.strictObject({
    kind: z.literal('recolourLabel'),
    label,
    colour: z
      .string()
      .regex(/^#[0-9a-f]{6}$/, 'is not a colour such as #e69f00')
      .nullable(),
  }),
  z.strictObject({ kind: z.literal('groupLabel'), label, parent: labelName.nullable() }),
  z.strictObject({
    kind: z.literal('mergeLabels'),
    labels: z.array(label).min(1).max(100_000),
    into: label,
  }),
  z.strictObject({ kind: z.literal('deleteLabel'), label }),
  z.strictObject({ kind: z.literal('exclude'), images, isExcluded: z.boolean() }),
  z.strictObject({ kind: z.literal('trash'), images, isTrashed: z.boolean() }),
  z.strictObject({ kind: z.literal('split'), images, split: z.enum(handSplits) }),
  z.strictObject({
    kind: z.literal('verdict'),
    pairs,
    verdict: z.enum(verdictKinds),
  }),
] as const

const csvTable = z.string().max(200_000_000, 'is larger than 200 million characters')

const libraryCommand: z.ZodType<LibraryCommand> = z.discriminatedUnion('kind', [
  ...simpleCommands,
  z.strictObject({
    kind: z.literal('together'),
    title: z.string().min(1).max(300),
    commands: z.array(z.discriminatedUnion('kind', [...simpleCommands])).max(10_000),
  }),
])

const verdictTable = z.strictObject({ text: csvTable, isReplacing: z.boolean() })
const ofEpoch = { run, epoch: epoch.nullable() }
const share = z.number().gt(0).max(0.5)

const anchors = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('image'), image: z.int().min(0).max(2_147_483_647) }),
  z.strictObject({ kind: z.literal('label'), label: z.int().min(0).max(2_147_483_647) }),
  z.strictObject({ kind: z.literal('all') }),
])

const weighting = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('softmax'), temperature: z.number().gt(0).max(100) }),
  z.strictObject({ kind: z.literal('margin'), margin: z.number().min(0).max(4) }),
  z.strictObject({
    kind: z.literal('multi-similarity'),
    alpha: z.number().gt(0).max(1000),
    beta: z.number().gt(0).max(1000),
    base: z.number().min(-1).max(1),
  }),
  z.strictObject({
    kind: z.literal('circle'),
    margin: z.number().min(0).max(2),
    scale: z.number().gt(0).max(10_000),
  }),
])

const picture = z.strictObject({ run, epoch, view: z.enum(sphereViews).optional() })

/** What each method of the workbench accepts. Complete by the compiler; nothing extra gets through. */
const schemas = {
  hello: nothing,
  openFolder: z.strictObject({ folder, project: folder.optional() }),
  openSample: nothing,
  addToProject: z.strictObject({
    paths: z.array(folder).min(1).max(100_000),
    label: labelName.nullable(),
  }),
  removeSource: z.strictObject({ folder }),
  closeProject: nothing,
  cancelScan: nothing,
  rescan: nothing,
  folderChanges: nothing,
  chooseFolder: nothing,
  browseFolder: z.strictObject({ folder: folder.nullable() }),
  images: nothing,
  imageDetails: z.strictObject({ image: z.int().min(0).max(2_147_483_647) }),
  revealImage: z.strictObject({ image: z.int().min(0).max(2_147_483_647) }),
  skipped: nothing,
  changeLibrary: libraryCommand,
  undo: nothing,
  redo: nothing,
  journalState: nothing,
  journal: z.strictObject({ count: z.int().min(1).max(10_000) }),
  verdicts: nothing,
  verdictTable: nothing,
  checkVerdictTable: verdictTable,
  applyVerdictTable: verdictTable,
  checkQuality: nothing,
  cancelQuality: nothing,
  checkLabelTable: z.strictObject({ text: csvTable }),
  applyLabelTable: z.strictObject({ text: csvTable, name: z.string().max(300) }),
  exportLabels: z.strictObject({
    format: z.enum(labelFormats),
    folder: folder.nullable(),
    files: z.enum(['copy', 'link']),
    isDryRun: z.boolean(),
  }),
  cancelLabelExport: nothing,
  startRun: runRequest,
  startSeries: z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('sweep'),
      run,
      temperatures: z
        .array(z.number())
        .min(2)
        .max(9)
        .refine((all) => new Set(all).size === all.length, { error: 'temperatures are distinct' }),
      epochs: z.int().min(1).max(10_000),
    }),
    z.strictObject({
      kind: z.literal('replay'),
      run,
      what: z.enum(replayedParts),
      fromEpoch: epoch,
    }),
  ]),
  stopSeries: nothing,
  replayChoices: z.strictObject({ run }),
  runDeltas: z.strictObject({
    left: z.strictObject({ run, epoch }),
    right: z.strictObject({ run, epoch }),
  }),
  commandRun: z.strictObject({ run, command: z.enum(['pause', 'resume', 'stop']) }),
  continueRun: z.strictObject({ run, engine: z.enum(engineKinds).optional() }),
  runs: nothing,
  runEvents: z.strictObject({ run }),
  sphere: picture,
  turn: z.strictObject({ of: picture, to: picture }),
  distortion: picture,
  clusters: z.strictObject({ run, epoch, method: clusterMethod }),
  splitCluster: z.strictObject({ run, epoch, method: clusterMethod, cluster: z.int().min(0) }),
  joinCluster: z.strictObject({ run, epoch, method: clusterMethod, cluster: z.int().min(0) }),
  labelPrototypes: z.strictObject({ run, epoch }),
  forces: z.strictObject({
    run,
    epoch,
    image: z.int().min(0).max(2_147_483_647),
    top: z.int().min(1).max(1000),
  }),
  imageMeasure: z.strictObject({ run, epoch, measure: z.enum(imageMeasures) }),
  cancelPictures: nothing,
  neighbours: z.strictObject({
    run,
    epoch,
    image: z.int().min(0).max(2_147_483_647),
    count: z.int().min(1).max(1000),
  }),
  suspects: z.strictObject({
    ...ofEpoch,
    method: z.enum(suspectMethods),
    groupSize: z.enum(groupSizes),
    top: z.int().min(1).max(10_000),
    among: someImages.optional(),
  }),
  pairHistory: z.strictObject({
    run,
    first: z.int().min(0).max(2_147_483_647),
    second: z.int().min(0).max(2_147_483_647),
  }),
  groupHistory: z.strictObject({ run, first: someImages, second: someImages }),
  verdictEffect: z.strictObject({
    ...ofEpoch,
    first: z.int().min(0).max(2_147_483_647),
    second: z.int().min(0).max(2_147_483_647),
    similar: pairs,
  }),
  suspectQuality: z.strictObject({
    ...ofEpoch,
    methods: z.array(z.enum(suspectMethods)).min(1).max(suspectMethods.length),
    groupSize: z.enum(groupSizes),
    share: share.nullable(),
  }),
  drawAudit: z.strictObject({
    ...ofEpoch,
    groupSize: z.enum(groupSizes),
    share,
    questions: z.int().min(10).max(1000),
    seed: z
      .int()
      .min(0)
      .max(2 ** 31 - 1),
  }),
  auditResult: z.strictObject({
    share,
    strata: z
      .array(
        z.strictObject({
          from: z.number().min(0).max(1),
          to: z.number().min(0).max(1),
          pairs: z.int().min(0),
          asked: z.int().min(0).max(1000),
          yes: z.int().min(0).max(1000),
        }),
      )
      .max(10),
  }),
  laboratory: z.strictObject({
    ...ofEpoch,
    anchors,
    weighting,
    share,
    top: z.int().min(0).max(10_000),
  }),
  temperatureCurve: z.strictObject({ ...ofEpoch, anchors, share }),
  labelErrors: z.strictObject({ ...ofEpoch, top: z.int().min(1).max(10_000) }),
  lossPicture: lossPictureRequest,
  engines: nothing,
  measureEngines: z.strictObject({ again: z.boolean() }),
  exportRun: z.strictObject({
    run,
    model: z.enum(['backbone', 'embedding']).nullable(),
    embeddings: z.boolean(),
    folder: folder.nullable(),
  }),
} satisfies { [Method in keyof WorkbenchApi]: z.ZodType<ArgumentOf<Method>> }

/** The argument as the method expects it; `bad-request` names the first thing that is wrong. */
export function parseArgument<Method extends keyof WorkbenchApi>(
  method: Method,
  argument: unknown,
): ArgumentOf<Method> {
  const schema: z.ZodType = schemas[method]
  const result = schema.safeParse(argument)
  if (result.success) return result.data as ArgumentOf<Method>
  const issue = result.error.issues[0]
  const place = [method, ...(issue?.path ?? [])].map(String).join('.')
  throw new WorkbenchError('bad-request', `${place}: ${issue?.message ?? 'is not valid'}`)
}
