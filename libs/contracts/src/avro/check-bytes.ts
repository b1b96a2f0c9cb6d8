import type { AvroJson, AvroObject } from './canonical-form.ts'
import { isList, isObject } from './canonical-form.ts'
import type { ByteReader } from './byte-reader.ts'

type Step = (reader: ByteReader) => void

/**
 * A check that bytes are a value of a schema: every count, length and branch is within bounds. It goes before avsc, which
 * believes an array's count and would build it from bytes that are not there. Items that take no bytes count as one byte.
 */
export function compileCheck(schema: AvroJson): Step {
  const compiler = new Compiler()
  const step = compiler.compile(schema, '')
  return (reader) => {
    compiler.depth = 0
    step(reader)
  }
}

const MAX_DEPTH = 64

class Compiler {
  /** Of records within records; begins anew with every check, since a failed one leaves it anywhere. */
  depth = 0
  readonly #named = new Map<string, Step>()

  compile(schema: AvroJson, namespace: string): Step {
    if (typeof schema === 'string') return this.#reference(schema, namespace)
    if (isList(schema)) return this.#union(schema, namespace)
    if (!isObject(schema)) throw new TypeError(`Not an Avro schema: ${JSON.stringify(schema)}`)
    const { type } = schema
    if (typeof type !== 'string') return this.compile(type ?? null, namespace)
    if (type === 'array') return blocks(1, this.compile(schema.items ?? null, namespace))
    if (type === 'map') {
      const value = this.compile(schema.values ?? null, namespace)
      return blocks(1, (reader) => {
        reader.skip(reader.size())
        value(reader)
      })
    }
    if (type === 'record' || type === 'error') return this.#record(schema, namespace)
    if (type === 'enum' || type === 'fixed') return this.#leaf(schema, namespace)
    return this.#reference(type, namespace)
  }

  #reference(name: string, namespace: string): Step {
    const primitive = PRIMITIVES[name]
    if (primitive !== undefined) return primitive
    const full = name.includes('.') || namespace === '' ? name : `${namespace}.${name}`
    const step = this.#named.get(full) ?? this.#named.get(name)
    if (step === undefined) throw new TypeError(`Unknown Avro type ${name}`)
    return step
  }

  #record(schema: AvroObject, outer: string): Step {
    const full = nameOf(schema, outer)
    const inner = full.slice(0, Math.max(0, full.lastIndexOf('.')))
    const steps: Step[] = []
    const step: Step = (reader) => {
      if (++this.depth > MAX_DEPTH) reader.fail('nested too deeply')
      for (const field of steps) field(reader)
      this.depth--
    }
    this.#named.set(full, step)
    const fields = schema.fields
    if (!isList(fields)) throw new TypeError(`Record ${full} has no fields`)
    for (const field of fields) steps.push(this.compile(isObject(field) ? (field.type ?? null) : null, inner))
    return step
  }

  #leaf(schema: AvroObject, outer: string): Step {
    const symbols = schema.symbols
    const size = Number(schema.size)
    const step: Step = isList(symbols)
      ? (reader) => {
          const index = reader.long()
          if (index < 0 || index >= symbols.length) reader.fail('an unknown symbol')
        }
      : (reader) => {
          reader.skip(size)
        }
    this.#named.set(nameOf(schema, outer), step)
    return step
  }

  #union(branches: readonly AvroJson[], namespace: string): Step {
    const steps = branches.map((branch) => this.compile(branch, namespace))
    return (reader) => {
      const step = steps[reader.long()]
      if (step === undefined) reader.fail('an unknown union branch')
      else step(reader)
    }
  }
}

function nameOf(schema: AvroObject, outer: string): string {
  const { name, namespace } = schema
  if (typeof name !== 'string') throw new TypeError('A named Avro type without a name')
  const space = typeof namespace === 'string' ? namespace : outer
  return name.includes('.') || space === '' ? name : `${space}.${name}`
}

function blocks(itemBytes: number, item: Step): Step {
  return (reader) => {
    for (let count = reader.arrayBlock(itemBytes); count > 0; count = reader.arrayBlock(itemBytes)) {
      const { blockEnd } = reader
      for (let index = 0; index < count; index++) item(reader)
      reader.endBlock(blockEnd)
    }
  }
}

const long: Step = (reader) => {
  reader.bigLong()
}
const int: Step = (reader) => {
  reader.int()
}
const bytes: Step = (reader) => {
  reader.skip(reader.size())
}
const PRIMITIVES: Readonly<Record<string, Step>> = {
  null: () => undefined,
  boolean: (reader) => {
    reader.boolean()
  },
  int,
  long,
  float: (reader) => {
    reader.skip(4)
  },
  double: (reader) => {
    reader.skip(8)
  },
  bytes,
  string: bytes,
}
