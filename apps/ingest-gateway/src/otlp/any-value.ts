import type { Attribute } from '@pegel/contracts'
import { malformed } from './errors.ts'

/** An OTLP AnyValue, decoded. Integers are text, since they may pass 2^53; bytes are base64. */
export type AnyValue =
  | { readonly type: 'string' | 'bytes' | 'int'; readonly text: string }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'double'; readonly value: number }
  | { readonly type: 'array'; readonly values: readonly AnyValue[] }
  | { readonly type: 'kvlist'; readonly entries: readonly (readonly [string, AnyValue])[] }
  | { readonly type: 'empty' }

export const EMPTY: AnyValue = { type: 'empty' }
const MAX_DEPTH = 32

/** Values nest; a request may not make us recurse without end. */
export function checkDepth(depth: number): void {
  if (depth > MAX_DEPTH) malformed(`an attribute nests deeper than ${MAX_DEPTH} levels`)
}

/**
 * An attribute's value as a label: strings as they are, the rest as OpenTelemetry's specification says for protocols
 * that only know strings (specification/common: "mapping AnyValue to non-OTLP formats").
 */
export function labelText(value: AnyValue): string {
  switch (value.type) {
    case 'empty':
      return ''
    case 'string':
    case 'bytes':
    case 'int':
      return value.text
    case 'bool':
      return String(value.value)
    case 'double':
      return String(value.value)
    case 'array':
    case 'kvlist':
      return json(value)
  }
}

function json(value: AnyValue): string {
  switch (value.type) {
    case 'empty':
      return 'null'
    case 'string':
    case 'bytes':
      return JSON.stringify(value.text)
    case 'int':
      return value.text
    case 'bool':
      return String(value.value)
    case 'double':
      return Number.isFinite(value.value) ? JSON.stringify(value.value) : JSON.stringify(String(value.value))
    case 'array':
      return `[${value.values.map(json).join(',')}]`
    case 'kvlist':
      return `{${value.entries.map(([key, entry]) => `${JSON.stringify(key)}:${json(entry)}`).join(',')}}`
  }
}

/** A key that comes twice keeps its last value, as a map would. */
export function lastOfEachKey(attributes: readonly Attribute[]): readonly Attribute[] {
  const byKey = new Map<string, Attribute>()
  for (const attribute of attributes) byKey.set(attribute.key, attribute)
  return byKey.size === attributes.length ? attributes : [...byKey.values()]
}
