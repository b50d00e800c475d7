import * as z from 'zod'
import { WorkbenchError } from '../../contract/errors.ts'
import { graphRole, graphStep } from './graphOperation.ts'
import type { ImportGraph, ImportNode } from './node.ts'
import type { StoredModel } from './storedModel.ts'

const graph = z.looseObject({
  node: z.array(
    z.looseObject({
      name: z.string(),
      op: z.string(),
      input: z.array(z.string()).default([]),
      attr: z.record(z.string(), z.looseObject({})).default({}),
    }),
  ),
})

/**
 * The operations of a TensorFlow graph, as the converter writes it.
 *
 * @throws WorkbenchError `bad-request` where the file does not follow the format
 */
export function operationsGraphOf({ topology, weights }: StoredModel): ImportGraph {
  const read = graph.safeParse(topology)
  if (!read.success)
    throw new WorkbenchError(
      'bad-request',
      'The graph of the model cannot be read. Convert it again with tensorflowjs_converter.',
    )
  const nodes = new Map<string, ImportNode>()
  const constants = new Set(
    read.data.node.flatMap(({ name, op }) => (op === 'Const' ? [name] : [])),
  )
  for (const { name, op, input, attr } of read.data.node) {
    if (op === 'Const') continue
    const all = input.filter((source) => !source.startsWith('^')).map(withoutPort)
    nodes.set(name, {
      name,
      inputs: all.filter((source) => !constants.has(source)),
      role: graphRole(op),
      step: () => graphStep({ node: name, operation: op, inputs: all, attributes: attr, weights }),
    })
  }
  const used = new Set([...nodes.values()].flatMap(({ inputs }) => inputs))
  const output = [...nodes.keys()].findLast((name) => !used.has(name))
  if (output === undefined)
    throw new WorkbenchError('bad-request', 'The graph of the model has no operations.')
  return { nodes, output }
}

/** `name:0` → `name`. */
function withoutPort(source: string): string {
  return source.replace(/:\d+$/, '')
}
