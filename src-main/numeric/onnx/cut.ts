import type { Graph, GraphContent, GraphNode, Value } from './graph.ts'

/** A graph as two that run one after the other. */
export interface CutGraph {
  readonly first: GraphContent
  readonly second: GraphContent
  /** Outputs of the first that are inputs of the second, under their own names. */
  readonly crossing: readonly Value[]
}

/**
 * Cuts a graph in two: the first has what the outputs in `firstOutputs` need and nothing else, the
 * second all the rest.
 *
 * @param firstOutputs names of outputs of `graph`
 */
export function cutGraph(graph: Graph, firstOutputs: readonly string[]): CutGraph {
  const isFirst = ({ name }: { readonly name: string }) => firstOutputs.includes(name)
  const outputs = graph.outputs.filter(isFirst)
  const needed = new Set(outputs.map(({ value }) => value.name))
  const firstNodes = new Set<GraphNode>()
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((name) => needed.has(name))) continue
    firstNodes.add(node)
    for (const name of node.inputs) needed.add(name)
  }
  const nodes = graph.nodes.filter((node) => firstNodes.has(node))
  const rest = graph.nodes.filter((node) => !firstNodes.has(node))
  const restOutputs = graph.outputs.filter((output) => !isFirst(output))
  const made = new Set(nodes.flatMap((node) => node.outputs))
  const used = new Set([
    ...rest.flatMap((node) => node.inputs),
    ...restOutputs.map(({ value }) => value.name),
  ])
  const crossing = [...made].filter((name) => used.has(name)).map((name) => graph.valueOf(name))
  return {
    first: {
      nodes,
      inputs: graph.inputs.filter(({ name }) => needed.has(name)),
      outputs: [...outputs, ...crossing.map((value) => ({ name: value.name, value }))],
      constants: graph.constants.filter(({ value }) => needed.has(value.name)),
    },
    second: {
      nodes: rest,
      inputs: [...graph.inputs.filter(({ name }) => used.has(name)), ...crossing],
      outputs: restOutputs,
      constants: graph.constants.filter(({ value }) => used.has(value.name)),
    },
    crossing,
  }
}
