import { BulkBody } from './bulk-body.ts'
import type { BulkTarget } from './bulk-body.ts'
import type { ItemVerdict, Verdict } from './classify.ts'
import type { PackedDocument } from './document-packer.ts'

export interface DeliverOptions {
  /** Sends an NDJSON body of so many documents; it is done with the body when it resolves or rejects. */
  readonly send: (target: BulkTarget, body: Buffer, documents: number) => Promise<Verdict>
  readonly maxDocuments: number
  readonly maxBytes: number
  /** For the bodies, one after the other; fresh memory unless given. */
  readonly memory?: BulkBody
}

/** Why documents are left to be tried again. */
export interface Halt {
  readonly cause: 'missing' | 'denied' | 'retry'
  readonly afterMs: number | undefined
  readonly message: string
}

export interface Fate {
  readonly kind: 'stored' | 'present' | 'rejected'
  /** Of a rejection. */
  readonly reason: string
  readonly message: string
  /** Indices in the record. */
  readonly points: readonly number[]
}

export interface Delivery {
  /** By index of the document: what became of its parts, or undefined when it has to be tried again, whole. */
  readonly fates: readonly (readonly Fate[] | undefined)[]
  readonly halt: Halt | undefined
}

/**
 * Sends all documents. One whose time no index of the stream covers goes to the late index. A refused document is halved, by metric
 * name, until the refused points stand alone: the same halves every time, so that a redelivered record meets its own documents (409) and adds none. For the same
 * reason a document is tried again whole or not at all, even when a part of it is stored.
 */
export async function deliver(documents: readonly PackedDocument[], options: DeliverOptions): Promise<Delivery> {
  const run = new Run(documents, options)
  return run.finish()
}

/** A document or a part of one. */
interface Piece {
  readonly document: PackedDocument
  /** Index of the document it belongs to. */
  readonly origin: number
  readonly target: BulkTarget
}

class Run {
  readonly #options: DeliverOptions
  readonly #body: BulkBody
  readonly #fates: Fate[][]
  readonly #again = new Set<number>()
  #open: Piece[]
  #maxDocuments: number
  #halt: Halt | undefined

  constructor(documents: readonly PackedDocument[], options: DeliverOptions) {
    this.#options = options
    this.#body = options.memory ?? new BulkBody()
    this.#maxDocuments = options.maxDocuments
    this.#fates = documents.map(() => [])
    this.#open = documents.map((document, origin) => ({ document, origin, target: 'stream' }))
  }

  async finish(): Promise<Delivery> {
    while (this.#open.length > 0) {
      const { pieces, body } = this.#nextRequest()
      const target = pieces[0]?.target ?? 'stream'
      this.#settle(pieces, await this.#options.send(target, body, pieces.length))
      if (this.#halt === undefined) continue
      for (const { origin } of this.#open) this.#again.add(origin)
      this.#open = []
    }
    const fates = this.#fates.map((fate, origin) => (this.#again.has(origin) ? undefined : fate))
    return { fates, halt: this.#halt }
  }

  /** As many pieces from the front as fit, of one target, at least one. */
  #nextRequest(): { readonly pieces: Piece[]; readonly body: Buffer } {
    const target = this.#open[0]?.target ?? 'stream'
    const body = this.#body
    body.cut(0)
    let taken = 0
    for (const piece of this.#open) {
      if (piece.target !== target || taken >= this.#maxDocuments) break
      const { length } = body
      body.add(piece.document, target)
      if (taken > 0 && body.length > this.#options.maxBytes) {
        body.cut(length)
        break
      }
      taken += 1
    }
    return { pieces: this.#open.splice(0, taken), body: body.bytes }
  }

  #settle(pieces: readonly Piece[], verdict: Verdict): void {
    switch (verdict.kind) {
      case 'items':
        pieces.forEach((piece, index) => {
          const item = verdict.items[index]
          if (item !== undefined) this.#settleItem(piece, item)
        })
        return
      case 'too_large':
        if (pieces.length === 1)
          this.#reject(pieces[0], 'too_large', 'Elasticsearch takes no request of this size (413).')
        else this.#open.unshift(...pieces)
        this.#maxDocuments = Math.max(1, pieces.length >>> 1)
        return
      case 'denied':
        this.#stop(pieces, { cause: 'denied', afterMs: undefined, message: verdict.message })
        return
      case 'retry':
        this.#stop(pieces, { cause: 'retry', afterMs: verdict.afterMs, message: verdict.message })
    }
  }

  #settleItem(piece: Piece, item: ItemVerdict): void {
    const { document, origin, target } = piece
    switch (item.kind) {
      case 'stored':
      case 'present':
        this.#book(piece, { kind: item.kind, reason: '', message: '' })
        return
      case 'late':
        if (target === 'stream') this.#open.push({ document, origin, target: 'late' })
        else this.#reject(piece, 'timestamp_refused', 'No index takes points of this time.')
        return
      case 'refused':
        if (item.splittable && document.points.length > 1) this.#open.push(...halvesOf(piece))
        else this.#reject(piece, item.reason, item.message)
        return
      case 'missing':
        this.#stop([piece], {
          cause: 'missing',
          afterMs: undefined,
          message: 'The data stream or its template is missing.',
        })
        return
      case 'denied':
      case 'retry':
        this.#stop([piece], { cause: item.kind, afterMs: undefined, message: item.message })
    }
  }

  #reject(piece: Piece | undefined, reason: string, message: string): void {
    if (piece !== undefined) this.#book(piece, { kind: 'rejected', reason, message })
  }

  #book({ document, origin }: Piece, fate: Omit<Fate, 'points'>): void {
    this.#fates[origin]?.push({ ...fate, points: document.points.map(({ point }) => point) })
  }

  /** Nothing more is sent: what is open would meet the same, and newer points must not overtake. */
  #stop(pieces: readonly Piece[], halt: Halt): void {
    for (const { origin } of pieces) this.#again.add(origin)
    if (this.#halt === undefined || this.#halt.cause === 'retry') this.#halt = halt
  }
}

function halvesOf({ document, origin, target }: Piece): Piece[] {
  const middle = document.points.length >>> 1
  const part = (points: PackedDocument['points']): Piece => ({
    document: { ...document, points, layout: undefined },
    origin,
    target,
  })
  return [part(document.points.slice(0, middle)), part(document.points.slice(middle))]
}
