import type { Attribute } from '@pegel/contracts'
import { checkDepth, EMPTY, labelText, lastOfEachKey, type AnyValue } from './any-value.ts'
import type { JsonNode } from './json-node.ts'

/** A list of KeyValue as labels. */
export function readAttributes(node: JsonNode | undefined, name: string): readonly Attribute[] {
  if (node === undefined) return []
  return lastOfEachKey(node.list(name, (item) => ({ key: item.string('key'), value: labelText(readValueOf(item, 0)) })))
}

/** An AnyValue as a text; empty when it is absent. */
export function readText(node: JsonNode | undefined): string {
  return node === undefined ? '' : labelText(readAnyValue(node, 0))
}

function readValueOf(keyValue: JsonNode, depth: number): AnyValue {
  const value = keyValue.child('value')
  return value === undefined ? EMPTY : readAnyValue(value, depth + 1)
}

function readAnyValue(node: JsonNode, depth: number): AnyValue {
  checkDepth(depth)
  if (node.has('stringValue')) return { type: 'string', text: node.string('stringValue') }
  if (node.has('boolValue')) return { type: 'bool', value: node.bool('boolValue') }
  const int = node.integerText('intValue')
  if (int !== undefined) return { type: 'int', text: String(BigInt(int)) }
  const double = node.double('doubleValue')
  if (double !== undefined) return { type: 'double', value: double }
  const array = node.child('arrayValue')
  if (array !== undefined)
    return { type: 'array', values: array.list('values', (item) => readAnyValue(item, depth + 1)) }
  const kvlist = node.child('kvlistValue')
  if (kvlist !== undefined) {
    return {
      type: 'kvlist',
      entries: kvlist.list('values', (item) => [item.string('key'), readValueOf(item, depth + 1)] as const),
    }
  }
  if (node.has('bytesValue')) return { type: 'bytes', text: node.string('bytesValue') }
  return EMPTY
}
