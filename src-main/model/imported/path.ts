import { WorkbenchError } from '../../contract/errors.ts'
import { refuse } from './node.ts'
import type { ImportGraph, ImportNode } from './node.ts'

/** A node, or two ways that a sum brings together again. */
export type PathPart =
  | { readonly kind: 'node'; readonly node: ImportNode }
  | {
      readonly kind: 'sum'
      readonly node: ImportNode
      readonly sides: readonly [readonly PathPart[], readonly PathPart[]]
    }

/**
 * The way from the image to a node, as a sequence with sums in it: what a network description can say.
 *
 * @param tap name of the last node
 * @throws WorkbenchError `bad-request` where the model has no such node, or its way is not of that form
 */
export function pathTo({ nodes }: ImportGraph, tap: string): readonly PathPart[] {
  const gates = gatesOf(nodes)
  return between(null, tap)

  /** Parts after `start` (null: from the beginning) up to and with `end`. */
  function between(start: string | null, end: string): readonly PathPart[] {
    const parts: PathPart[] = []
    let at: string | null = end
    while (at !== null && at !== start) {
      const node = nodeOf(nodes, at)
      const [first, second, ...more] = node.inputs
      if (more.length > 0)
        refuse(at, `joins ${node.inputs.length} inputs, and only two can be summed`)
      const gate = gates(at)
      if (first === undefined || second === undefined) parts.unshift({ kind: 'node', node })
      else {
        if (gate === null) refuse(at, 'joins inputs that do not come from one image')
        parts.unshift({ kind: 'sum', node, sides: [between(gate, first), between(gate, second)] })
      }
      at = gate
    }
    return parts
  }
}

/** The nodes that every way from the image to `end` goes through, in order, `end` the last. */
export function gatesBefore({ nodes }: ImportGraph, end: string): readonly ImportNode[] {
  const gates = gatesOf(nodes)
  const found: ImportNode[] = []
  for (let at: string | null = end; at !== null; at = gates(at)) found.unshift(nodeOf(nodes, at))
  return found
}

/** Of a node the last one before it that every way to it goes through (its immediate dominator). */
function gatesOf(nodes: ImportGraph['nodes']): (name: string) => string | null {
  const known = new Map<string, string | null>()
  const chain = (name: string): readonly string[] => {
    const names: string[] = []
    for (let at: string | null = name; at !== null; at = gateOf(at)) names.push(at)
    return names
  }
  function gateOf(name: string): string | null {
    const found = known.get(name)
    if (found !== undefined) return found
    // Until it is known, so that a circle ends.
    known.set(name, null)
    const chains = nodeOf(nodes, name).inputs.map(chain)
    const [first = [], ...others] = chains
    const gate = first.find((candidate) => others.every((other) => other.includes(candidate)))
    known.set(name, gate ?? null)
    return gate ?? null
  }
  return gateOf
}

function nodeOf(nodes: ImportGraph['nodes'], name: string): ImportNode {
  const node = nodes.get(name)
  if (node) return node
  throw new WorkbenchError(
    'bad-request',
    `The model has no layer ${name}. Convert the model again with tensorflowjs_converter.`,
  )
}
