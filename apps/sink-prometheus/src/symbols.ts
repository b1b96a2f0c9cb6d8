import { framed, writeFramed } from './protobuf-bytes.ts'

const SYMBOL_TAG = 0x22 // Request.symbols = 4

/** A text as it stands in symbol tables, and where it stands in the request at hand. */
export class Symbol2 {
  readonly bytes: Buffer
  request = 0
  index = 0

  constructor(text: string) {
    this.bytes = Buffer.from(text)
  }
}

/**
 * One Symbol2 per distinct text, so that a request's table has each once and finds it without a lookup. Holds them weakly: they live as
 * long as labels that use them.
 */
export class SymbolRegistry {
  readonly #symbols = new Map<string, WeakRef<Symbol2>>()
  readonly #gone = new FinalizationRegistry<string>((text) => {
    if (this.#symbols.get(text)?.deref() === undefined) this.#symbols.delete(text)
  })

  intern(text: string): Symbol2 {
    const known = this.#symbols.get(text)?.deref()
    if (known !== undefined) return known
    const symbol = new Symbol2(text)
    this.#symbols.set(text, new WeakRef(symbol))
    this.#gone.register(symbol, text)
    return symbol
  }
}

/** All processes' one registry: equal texts must be equal objects whichever cache their labels come from. */
export const SYMBOLS = new SymbolRegistry()

/** The empty text, which is the first of every table. */
const EMPTY = SYMBOLS.intern('')
let tables = 0

/** The symbols of one request, numbered as they are asked for. */
export class SymbolTable {
  readonly #id = ++tables
  readonly #symbols: Symbol2[] = []
  #size = 0

  constructor() {
    this.refOf(EMPTY)
  }

  refOf(symbol: Symbol2): number {
    if (symbol.request === this.#id) return symbol.index
    symbol.request = this.#id
    symbol.index = this.#symbols.push(symbol) - 1
    this.#size += framed(symbol.bytes.length)
    return symbol.index
  }

  encode(): Buffer {
    const bytes = Buffer.allocUnsafe(this.#size)
    let at = 0
    for (const symbol of this.#symbols) at = writeFramed(bytes, at, SYMBOL_TAG, symbol.bytes)
    return bytes
  }
}
