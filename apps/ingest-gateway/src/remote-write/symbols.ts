import type { Attribute } from '@pegel/contracts'
import type { WireReader } from '../wire/wire-reader.ts'
import { malformed } from './errors.ts'
import { labelSet } from './label-set.ts'
import type { LabelSet } from './label-set.ts'
import type { KnownSymbol, SeriesKey, WriteCache } from './write-cache.ts'

/** References of a TimeSeries or an Exemplar, as they are read, and the key of its series; one object for all. */
export class Refs implements SeriesKey {
  /** Of the symbols' numbers. */
  reader: { view: DataView } = { view: new DataView(new ArrayBuffer(512)) }
  readonly from = 0
  to = 0
  lasting = true
  readonly #symbols: readonly KnownSymbol[]
  #refs = new Int32Array(128)
  #count = 0

  /** @param symbols of the request, in its order */
  constructor(symbols: readonly KnownSymbol[]) {
    this.#symbols = symbols
  }

  reset(): void {
    this.#count = 0
  }

  /** A packed list, its length first. */
  readPacked(reader: WireReader): void {
    const outer = reader.enter()
    while (reader.pos < reader.end) this.readOne(reader)
    reader.leave(outer)
  }

  readOne(reader: WireReader): void {
    reader.varint()
    const ref = reader.lo
    this.check(ref)
    if (this.#count === this.#refs.length) {
      const grown = new Int32Array(this.#count * 2)
      grown.set(this.#refs)
      this.#refs = grown
    }
    this.#refs[this.#count++] = ref
  }

  /** After the last of a TimeSeries or Exemplar. */
  end(): void {
    if (this.#count % 2 !== 0) malformed('a label name without a value')
  }

  check(ref: number): void {
    if (ref >= this.#symbols.length) malformed(`a reference to symbol ${ref} of ${this.#symbols.length}`)
  }

  text(ref: number): string {
    return this.#symbols[ref]?.text ?? ''
  }

  /** The key of the labels that were read: the same in every request, whatever the order of its symbols. */
  key(): this {
    if (this.#count * 4 > this.reader.view.byteLength) {
      this.reader = { view: new DataView(new ArrayBuffer(this.#refs.byteLength)) }
    }
    const { view } = this.reader
    this.lasting = true
    for (let index = 0; index < this.#count; index++) {
      const symbol = this.#symbols[this.#refs[index] ?? 0]
      view.setInt32(index * 4, symbol?.id ?? -1, true)
      if (symbol?.kept !== true) this.lasting = false
    }
    this.to = this.#count * 4
    return this
  }

  labels(): LabelSet {
    return labelSet(this.pairs())
  }

  /** Names and values. */
  pairs(): Attribute[] {
    const pairs: Attribute[] = []
    for (let index = 0; index < this.#count; index += 2) {
      pairs.push({ key: this.text(this.#refs[index] ?? 0), value: this.text(this.#refs[index + 1] ?? 0) })
    }
    return pairs
  }
}

/** Looks the symbols at these ranges up, pairs of from and to. @throws remote_write.malformed */
export function readSymbols(reader: WireReader, ranges: readonly number[], cache: WriteCache): readonly KnownSymbol[] {
  if (ranges[0] !== ranges[1]) malformed('symbols that do not begin with the empty text')
  const symbols: KnownSymbol[] = []
  for (let index = 0; index < ranges.length; index += 2) {
    symbols.push(cache.symbol(reader, ranges[index] ?? 0, ranges[index + 1] ?? 0))
  }
  return symbols
}
