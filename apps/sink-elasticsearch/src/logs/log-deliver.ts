import type { ItemVerdict, Verdict } from '../classify.ts'
import type { LogDocument } from './log-documents.ts'

export interface LogDeliverOptions {
  /** Sends an NDJSON body of so many documents. */
  readonly send: (body: Buffer, documents: number) => Promise<Verdict>
  /** The form to try when the mapping refuses the full one. */
  readonly plainOf: (document: LogDocument) => LogDocument
  readonly maxDocuments: number
  readonly maxBytes: number
}

export type LogFate =
  | { readonly kind: 'stored' | 'present' | 'again' }
  | { readonly kind: 'rejected'; readonly reason: string; readonly message: string }

/** Why documents are to be tried again. */
export interface LogHalt {
  readonly cause: 'retry' | 'denied' | 'missing'
  readonly afterMs: number | undefined
}

export interface LogDelivery {
  /** One per document, in order. */
  readonly fates: readonly LogFate[]
  readonly halt: LogHalt | undefined
}

const AGAIN: LogFate = { kind: 'again' }

interface Piece {
  readonly document: LogDocument
  readonly index: number
}

/**
 * Sends documents in requests within the bounds, until each is stored or refused, or something stands in the way of all. What a
 * mapping refuses is tried once more in its plain form, so that it takes more than an attribute to lose a log.
 */
export async function deliverLogs(documents: readonly LogDocument[], options: LogDeliverOptions): Promise<LogDelivery> {
  const fates: LogFate[] = documents.map(() => AGAIN)
  let open: readonly Piece[] = documents.map((document, index) => ({ document, index }))
  let { maxDocuments } = options
  while (open.length > 0) {
    const request = take(open, maxDocuments, options.maxBytes)
    const verdict = await options.send(bodyOf(request), request.length)
    if (verdict.kind === 'retry') return { fates, halt: { cause: 'retry', afterMs: verdict.afterMs } }
    if (verdict.kind === 'denied') return { fates, halt: { cause: 'denied', afterMs: undefined } }
    if (verdict.kind === 'too_large' && request.length > 1) {
      maxDocuments = Math.ceil(request.length / 2)
      continue
    }
    const items = verdict.kind === 'items' ? verdict.items : [TOO_LARGE]
    const answered = request.map((piece, index) => ({ piece, item: items[index] ?? UNANSWERED }))
    const halt = haltOf(items)
    const plain: Piece[] = []
    for (const { piece, item } of answered) {
      const fate = fateOf(item)
      const isConflict = fate.kind === 'rejected' && fate.reason !== 'timestamp_refused' && fate.reason !== 'too_large'
      if (isConflict && piece.document.form === 'full')
        plain.push({ ...piece, document: options.plainOf(piece.document) })
      else fates[piece.index] = fate
    }
    if (halt !== undefined) return { fates, halt }
    open = [...plain, ...open.slice(request.length)]
  }
  return { fates, halt: undefined }
}

const TOO_LARGE: ItemVerdict = {
  kind: 'refused',
  reason: 'too_large',
  message: 'Elasticsearch takes no request as large as this document.',
  splittable: false,
}
const UNANSWERED: ItemVerdict = { kind: 'retry', message: 'no answer' }

function take(open: readonly Piece[], maxDocuments: number, maxBytes: number): readonly Piece[] {
  let bytes = 0
  const beyond = open.findIndex(({ document }, index) => {
    bytes += document.lines.length
    return index > 0 && (index >= maxDocuments || bytes > maxBytes)
  })
  return beyond === -1 ? open : open.slice(0, beyond)
}

function bodyOf(pieces: readonly Piece[]): Buffer {
  return Buffer.concat(pieces.map(({ document }) => document.lines))
}

function fateOf(item: ItemVerdict): LogFate {
  switch (item.kind) {
    case 'stored':
    case 'present':
      return { kind: item.kind }
    case 'refused':
      return { kind: 'rejected', reason: item.reason, message: item.message }
    case 'late':
    case 'missing':
    case 'denied':
    case 'retry':
      return AGAIN
  }
}

/** The first thing that more requests would meet as well. */
function haltOf(items: readonly ItemVerdict[]): LogHalt | undefined {
  for (const { kind } of items) {
    if (kind === 'missing' || kind === 'denied') return { cause: kind, afterMs: undefined }
    if (kind === 'retry' || kind === 'late') return { cause: 'retry', afterMs: undefined }
  }
  return undefined
}
