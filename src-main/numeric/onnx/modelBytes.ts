import { elementTypes } from './graph.ts'
import type { Attribute, Constant, GraphContent, GraphNode, Value } from './graph.ts'
import { ProtobufWriter } from './protobuf.ts'

/** Numbers of `AttributeProto.AttributeType`. */
const attributeTypes = { float: 1, integer: 2, string: 3, floats: 6, integers: 7 } as const

/** Key and value pairs that an ONNX file carries for its readers, such as a description of its input. */
export type ModelMetadata = Readonly<Record<string, string>>

/**
 * A graph as an ONNX file. Field numbers are those of
 * https://github.com/onnx/onnx/blob/main/onnx/onnx.proto; IR version 8, opset 17. Domains other
 * than ONNX's own are named only if the graph uses them, so that other runtimes can read the file.
 */
export function modelBytes(graph: GraphContent, metadata: ModelMetadata = {}): Uint8Array {
  const domains = new Set(['', ...graph.nodes.map(({ domain }) => domain)])
  const writer = new ProtobufWriter().integer(1, 8).string(2, 'antipode')
  writer.message(7, (message) => writeGraph(message, graph))
  for (const domain of domains)
    writer.message(8, (opset) => opset.string(1, domain).integer(2, domain === '' ? 17 : 1))
  for (const [key, value] of Object.entries(metadata))
    writer.message(14, (entry) => entry.string(1, key).string(2, value))
  return writer.finish()
}

function writeGraph(writer: ProtobufWriter, graph: GraphContent): void {
  for (const node of graph.nodes) writer.message(1, (message) => writeNode(message, node))
  // An output's name is ours to choose, a value's name is not: ONNX wants a node between them.
  for (const { name, value } of graph.outputs)
    if (name !== value.name)
      writer.message(1, (message) =>
        writeNode(message, {
          operator: 'Identity',
          domain: '',
          inputs: [value.name],
          outputs: [name],
          attributes: {},
        }),
      )
  writer.string(2, 'antipode')
  for (const constant of graph.constants)
    writer.message(5, (message) => writeTensor(message, constant))
  for (const input of graph.inputs) writer.message(11, (message) => writeValue(message, input))
  for (const { name, value } of graph.outputs)
    writer.message(12, (message) => writeValue(message, { ...value, name }))
}

function writeNode(writer: ProtobufWriter, node: GraphNode): void {
  for (const input of node.inputs) writer.string(1, input)
  for (const output of node.outputs) writer.string(2, output)
  writer.string(4, node.operator)
  for (const [name, attribute] of Object.entries(node.attributes))
    writer.message(5, (message) => writeAttribute(message.string(1, name), attribute))
  if (node.domain !== '') writer.string(7, node.domain)
}

function writeAttribute(writer: ProtobufWriter, attribute: Attribute): void {
  if (typeof attribute === 'number')
    writer.integer(3, attribute).integer(20, attributeTypes.integer)
  else if (typeof attribute === 'string')
    writer.string(4, attribute).integer(20, attributeTypes.string)
  else if ('float' in attribute) writer.float(2, attribute.float).integer(20, attributeTypes.float)
  else if ('floats' in attribute) {
    for (const value of attribute.floats) writer.float(7, value)
    writer.integer(20, attributeTypes.floats)
  } else {
    for (const value of attribute) writer.integer(8, value)
    writer.integer(20, attributeTypes.integers)
  }
}

function writeTensor(writer: ProtobufWriter, { value, data }: Constant): void {
  for (const length of value.shape) writer.integer(1, length)
  writer.integer(2, elementTypes[value.type]).string(8, value.name)
  writer.bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
}

function writeValue(writer: ProtobufWriter, { name, shape, type }: Value): void {
  writer.string(1, name).message(2, (valueType) =>
    valueType.message(1, (tensorType) =>
      tensorType.integer(1, elementTypes[type]).message(2, (shapeMessage) => {
        for (const length of shape)
          shapeMessage.message(1, (dimension) =>
            length < 0 ? dimension.string(2, 'batch') : dimension.integer(1, length),
          )
      }),
    ),
  )
}
