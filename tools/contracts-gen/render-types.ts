import type { AvroJson, AvroObject } from '../../libs/contracts/src/avro/canonical-form.ts'
import { isList, isObject } from '../../libs/contracts/src/avro/canonical-form.ts'

export interface RenderOptions {
  /** How a long is held in memory. */
  readonly longType: 'number' | 'bigint'
}

const PRIMITIVES: Readonly<Record<string, string>> = {
  null: 'null',
  boolean: 'boolean',
  int: 'number',
  float: 'number',
  double: 'number',
  bytes: 'Uint8Array',
  string: 'string',
}

/** TypeScript forms of a schema's named types, as avsc holds their values. Each comes before the types that use it. */
export function renderTypes(schema: AvroJson, options: RenderOptions): string {
  const renderer = new Renderer(options)
  renderer.type(schema, '')
  return `${renderer.declarations.join('\n\n')}\n`
}

class Renderer {
  readonly declarations: string[] = []
  readonly #options: RenderOptions
  readonly #records = new Set<string>()

  constructor(options: RenderOptions) {
    this.#options = options
  }

  /** The TypeScript type of a schema; declares the named types in it. */
  type(schema: AvroJson, namespace: string): string {
    if (typeof schema === 'string') return this.#reference(schema)
    if (isList(schema)) return this.#union(schema, namespace)
    if (!isObject(schema)) throw new TypeError(`Not an Avro schema: ${JSON.stringify(schema)}`)
    const { type, name } = schema
    const inner = typeof schema.namespace === 'string' ? schema.namespace : namespace
    if (type === 'array') return `readonly ${bracketed(this.type(schema.items ?? null, inner))}[]`
    if (type === 'map') return `Readonly<Record<string, ${this.type(schema.values ?? null, inner)}>>`
    if (type === 'record') return this.#record(schema, inner)
    if (type === 'enum' || type === 'fixed') return this.#alias(schema)
    if (typeof name !== 'string' && typeof type === 'string') return this.#reference(type)
    throw new TypeError(`Not an Avro type: ${JSON.stringify(type)}`)
  }

  #reference(name: string): string {
    if (name === 'long') return this.#options.longType
    return PRIMITIVES[name] ?? simpleName(name)
  }

  #record(schema: AvroObject, namespace: string): string {
    const name = simpleName(textOf(schema.name))
    this.#records.add(name)
    const fields = (schema.fields as readonly { name: string; type: AvroJson; doc?: string }[]).map((field) => {
      const type = this.type(field.type, namespace)
      return `${comment(field.doc, '  ')}  readonly ${field.name}: ${type}`
    })
    this.declarations.push(`${comment(schema.doc, '')}export interface ${name} {\n${fields.join('\n')}\n}`)
    return name
  }

  #alias(schema: AvroObject): string {
    const name = simpleName(textOf(schema.name))
    const symbols = schema.symbols
    const type = isList(symbols) ? symbols.map((symbol) => `'${textOf(symbol)}'`).join(' | ') : 'Uint8Array'
    this.declarations.push(`export type ${name} = ${type}`)
    return name
  }

  /** avsc holds the values of several records in one union wrapped in their names, all others as they are. */
  #union(branches: readonly AvroJson[], namespace: string): string {
    const types = branches.map((branch) => this.type(branch, namespace))
    const records = types.filter((type) => this.#records.has(type))
    if (records.length < 2)
      return [...types.filter((type) => type !== 'null'), ...types.filter((type) => type === 'null')].join(' | ')
    return types.map((type) => (type === 'null' ? type : `{ readonly '${namespace}.${type}': ${type} }`)).join(' | ')
  }
}

function textOf(value: AvroJson | undefined): string {
  if (typeof value !== 'string') throw new TypeError(`Not a name: ${JSON.stringify(value)}`)
  return value
}

function simpleName(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1)
}

function bracketed(type: string): string {
  return type.includes(' ') ? `(${type})` : type
}

function comment(doc: AvroJson | undefined, indent: string): string {
  return typeof doc === 'string' ? `${indent}/** ${doc} */\n` : ''
}
