import type { Instant } from '../ingest/point-sink.ts'
import { malformed } from './errors.ts'

const INTEGER = /^-?\d{1,20}$/
const NANOSECONDS = /^\d{1,20}$/
const SPECIAL: Readonly<Record<string, number>> = { NaN: Number.NaN, Infinity, '-Infinity': -Infinity }

/**
 * A JSON object of OTLP/JSON. Fields are asked for by their lowerCamelCase name; the snake_case of the .proto is understood too.
 * Wrong types throw otlp.malformed with the path of the field.
 */
export class JsonNode {
  readonly #fields: Readonly<Record<string, unknown>>
  readonly #path: string

  constructor(value: unknown, path: string) {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      malformed(`${path || 'the body'} is not an object`)
    this.#fields = value as Record<string, unknown>
    this.#path = path
  }

  has(name: string): boolean {
    return this.#get(name) !== undefined
  }

  string(name: string): string {
    const value = this.#get(name) ?? ''
    if (typeof value !== 'string') return this.#wrong(name, 'a string')
    if (!value.isWellFormed()) malformed(`${this.#at(name)} is not valid Unicode`)
    return value
  }

  bool(name: string): boolean {
    const value = this.#get(name) ?? false
    return typeof value === 'boolean' ? value : this.#wrong(name, 'true or false')
  }

  /** A double; NaN and the infinities are strings in protobuf's JSON. */
  double(name: string): number | undefined {
    const value = this.#get(name)
    if (value === undefined || typeof value === 'number') return value
    const number = typeof value === 'string' ? (SPECIAL[value] ?? parseNumber(value)) : undefined
    return number ?? this.#wrong(name, 'a number')
  }

  /** A 64-bit integer, as text: clients send strings, some send numbers. */
  integerText(name: string): string | undefined {
    const value = this.#get(name)
    if (value === undefined) return undefined
    const text = typeof value === 'number' ? String(value) : value
    return typeof text === 'string' && INTEGER.test(text) ? text : this.#wrong(name, 'an integer')
  }

  /** An integer, rounded above 2^53. */
  integer(name: string): number {
    return Number(this.integerText(name) ?? '0')
  }

  /** An enum, by number or by name; undefined when it is neither. */
  enumeration<T>(name: string, members: readonly T[], names: readonly string[]): T | undefined {
    const value = this.#get(name) ?? 0
    return typeof value === 'string' ? members[names.indexOf(value)] : members[Number(value)]
  }

  /** Nanoseconds since the epoch. */
  instant(name: string): Instant {
    const value = this.#get(name) ?? '0'
    const text = typeof value === 'number' ? String(value) : value
    if (typeof text !== 'string' || !NANOSECONDS.test(text)) return this.#wrong(name, 'nanoseconds since the epoch')
    return { ms: Number(text.slice(0, -6) || '0'), ns: Number(text.slice(-6)) }
  }

  /** Hexadecimal ids, as OTLP/JSON has them (unlike protobuf's JSON). */
  hex(name: string): string {
    const value = this.string(name).toLowerCase()
    return /^([0-9a-f]{2})*$/.test(value) ? value : this.#wrong(name, 'hexadecimal')
  }

  child(name: string): JsonNode | undefined {
    const value = this.#get(name)
    return value === undefined ? undefined : new JsonNode(value, this.#at(name))
  }

  list<T>(name: string, read: (item: JsonNode) => T): T[] {
    return this.#array(name).map((item, index) => read(new JsonNode(item, `${this.#at(name)}[${index}]`)))
  }

  doubles(name: string): number[] {
    return this.#array(name).map(
      (item, index) => new JsonNode({ item }, `${this.#at(name)}[${index}]`).double('item') ?? 0,
    )
  }

  integers(name: string): number[] {
    return this.#array(name).map((item, index) => new JsonNode({ item }, `${this.#at(name)}[${index}]`).integer('item'))
  }

  #array(name: string): readonly unknown[] {
    const value = this.#get(name) ?? []
    return Array.isArray(value) ? value : this.#wrong(name, 'an array')
  }

  /** null means: not set, as in protobuf's JSON. */
  #get(name: string): unknown {
    return this.#fields[name] ?? this.#fields[snakeCase(name)] ?? undefined
  }

  #at(name: string): string {
    return this.#path === '' ? name : `${this.#path}.${name}`
  }

  #wrong(name: string, wanted: string): never {
    return malformed(`${this.#at(name)} is not ${wanted}`)
  }
}

function parseNumber(text: string): number | undefined {
  const number = Number(text)
  return text.trim() === '' || Number.isNaN(number) ? undefined : number
}

const snakeCases = new Map<string, string>()

/** Names are those of this decoder, so the cache is bounded. */
function snakeCase(name: string): string {
  let snake = snakeCases.get(name)
  if (snake === undefined) {
    snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    snakeCases.set(name, snake)
  }
  return snake
}

const LONG_NUMBER = /[:[,\s]-?\d{16,}/

/** Parses JSON; integers above 2^53 stay text, so that nanoseconds sent as numbers are exact. */
export function parseJson(text: string): unknown {
  try {
    return LONG_NUMBER.test(text) ? JSON.parse(text, keepLongIntegers) : JSON.parse(text)
  } catch {
    return malformed('it is not JSON')
  }
}

function keepLongIntegers(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const lossy = typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)
  const source = context?.source
  return lossy && source !== undefined && INTEGER.test(source) ? source : value
}
