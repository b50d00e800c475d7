import * as z from 'zod'
import { WorkbenchError } from '../../contract/errors.ts'
import { refuse } from './node.ts'
import type { ImportGraph, ImportNode } from './node.ts'
import { kerasRole, kerasStep } from './kerasLayer.ts'
import type { StoredModel } from './storedModel.ts'

const described = z.looseObject({
  class_name: z.string(),
  config: z.union([z.record(z.string(), z.unknown()), z.array(z.unknown())]),
  name: z.string().optional(),
  inbound_nodes: z.array(z.unknown()).optional(),
})
type Described = z.infer<typeof described>

/** Where a layer takes its input from: `[name, 0, 0, {}]`. */
const inbound = z.array(z.tuple([z.string(), z.number(), z.number()], z.unknown()))
const ends = z.array(z.tuple([z.string(), z.number(), z.number()]))

const models = ['Model', 'Functional', 'Sequential']

/**
 * The layers of a Keras model, models within models taken apart.
 *
 * @throws WorkbenchError `bad-request` where the file does not follow the format
 */
export function layersGraphOf({ topology, weights }: StoredModel): ImportGraph {
  const model = described.safeParse(topology['model_config'] ?? topology)
  if (!model.success) throw malformed('it names no class and configuration')
  const nodes = new Map<string, ImportNode>()
  const output = placeModel(model.data, null, '')
  return { nodes, output }

  /**
   * @param input what an inner model is called with; null for the whole
   * @param prefix of the names of inner models
   * @returns the node that it ends in
   */
  function placeModel(of: Described, input: string | null, prefix: string): string {
    return of.class_name === 'Sequential'
      ? placeSequence(of, input, prefix)
      : placeFunctional(of, input, prefix)
  }

  function placeSequence({ config }: Described, input: string | null, prefix: string): string {
    const list = Array.isArray(config) ? config : config['layers']
    let last = input
    for (const layer of layersIn(list)) {
      if (last === null && layer.class_name !== 'InputLayer' && !isModel(layer)) {
        last = `${prefix}input`
        place({ class_name: 'InputLayer', config: layer.config }, last, [])
      }
      if (layer.class_name === 'InputLayer' && last !== null) continue
      last = placeLayer(layer, last === null ? [] : [last], prefix)
    }
    return last ?? fail('a sequence of it has no layers')
  }

  function placeFunctional({ config }: Described, input: string | null, prefix: string): string {
    if (Array.isArray(config)) throw malformed('a model of it is a list')
    // Inner models stand for the node that they end in.
    const outputs = new Map<string, string>()
    for (const layer of layersIn(config['layers'])) {
      const name = nameOf(layer)
      if (layer.class_name === 'InputLayer' && input !== null) {
        outputs.set(name, input)
        continue
      }
      const sources = sourcesOf(name, layer.inbound_nodes ?? [])
      const inputs = sources.map(
        (source) =>
          outputs.get(source) ?? fail(`${name} follows ${source}, which is not before it`),
      )
      outputs.set(name, placeLayer(layer, inputs, prefix))
    }
    const last = ends.safeParse(config['output_layers'])
    const name = last.success ? last.data[0]?.[0] : undefined
    return outputs.get(name ?? '') ?? fail('it does not say what it ends in')
  }

  function placeLayer(layer: Described, inputs: readonly string[], prefix: string): string {
    const name = `${prefix}${nameOf(layer)}`
    if (!isModel(layer)) return place(layer, name, inputs)
    if (inputs.length > 1) refuse(name, 'is a model of several inputs')
    return placeModel(layer, inputs[0] ?? null, `${name}/`)
  }

  function place(layer: Described, name: string, inputs: readonly string[]): string {
    const { class_name: className, config } = layer
    const values = Array.isArray(config) ? {} : config
    // Weights bear the layer's own name, also within models.
    const owner = typeof values['name'] === 'string' ? values['name'] : name
    nodes.set(name, {
      name,
      inputs,
      role: kerasRole(className),
      step: () => kerasStep({ node: name, owner, className, config: values, weights }),
    })
    return name
  }
}

function isModel({ class_name: name }: Described): boolean {
  return models.includes(name)
}

function nameOf({ name, config }: Described): string {
  const own = name ?? (Array.isArray(config) ? undefined : config['name'])
  return typeof own === 'string' ? own : fail('a layer of it has no name')
}

function layersIn(list: unknown): readonly Described[] {
  const layers = z.array(described).safeParse(list)
  return layers.success ? layers.data : fail('its layers are not a list of classes')
}

/** Names of the layers before; none for an input. */
function sourcesOf(name: string, calls: readonly unknown[]): readonly string[] {
  if (calls.length > 1) return refuse(name, 'is used more than once, and so shares its weights')
  if (calls.length === 0) return []
  const call = inbound.safeParse(calls[0])
  if (!call.success)
    return fail(`the inputs of ${name} are written in a way that only Keras 3 reads`)
  return call.data.map(([source]) => source)
}

function fail(what: string): never {
  throw malformed(what)
}

function malformed(what: string): WorkbenchError {
  return new WorkbenchError(
    'bad-request',
    `The model cannot be read: ${what}. Convert it again with tensorflowjs_converter.`,
  )
}
