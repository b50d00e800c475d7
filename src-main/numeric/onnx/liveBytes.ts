import type { Graph } from './graph.ts'

const bytesOf = { float32: 4, int64: 8, bool: 1, bfloat16: 2 } as const

/**
 * Most bytes that the results of a graph's nodes take at once when they run in their order and what no
 * other node needs is freed. Inputs, constants and outputs are held by others.
 */
export function mostLiveBytes(graph: Graph): number {
  // A reshaped value is the same memory under another name.
  const origin = new Map<string, string>()
  const originOf = (name: string) => origin.get(name) ?? name
  const lastUse = new Map<string, number>()
  for (const [i, { operator, inputs, outputs }] of graph.nodes.entries()) {
    for (const name of inputs) if (name !== '') lastUse.set(originOf(name), i)
    const [first] = inputs
    if (operator === 'Reshape' && first !== undefined)
      for (const name of outputs) origin.set(name, originOf(first))
  }
  const made = new Set<string>()
  let live = 0
  let most = 0
  for (const [i, { inputs, outputs }] of graph.nodes.entries()) {
    for (const name of outputs)
      if (!origin.has(name)) {
        made.add(name)
        live += sizeOf(graph, name)
      }
    most = Math.max(most, live)
    for (const name of new Set([...inputs, ...outputs].map(originOf)))
      if (made.has(name) && (lastUse.get(name) ?? i) === i) {
        made.delete(name)
        live -= sizeOf(graph, name)
      }
  }
  return most
}

function sizeOf(graph: Graph, name: string): number {
  const { shape, type } = graph.valueOf(name)
  return shape.reduce((product, length) => product * length, bytesOf[type])
}
