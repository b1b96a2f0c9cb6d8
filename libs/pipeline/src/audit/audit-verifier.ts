import { decodeRecord } from '@pegel/contracts'
import type { AuditRecord, SchemaLookup } from '@pegel/contracts'
import { messageOf } from '@pegel/errors'
import type { KafkaRecord } from '@pegel/kafka'
import { auditHashOf, NO_HASH } from './audit-seal.ts'

export interface AuditProblem {
  /**
   * `unreadable`; `altered`: the bytes are not those that were hashed; `missing`: events between two of a chain, before its first, or the one
   * that a chain began at, are gone; `forked`: two events of a chain with one number; `records_gone`: offsets without a record.
   */
  readonly kind: 'unreadable' | 'altered' | 'missing' | 'forked' | 'records_gone'
  /** Of the record in which it shows. */
  readonly offset: number
  readonly writer: string
  readonly detail: string
}

export interface AuditVerdict {
  readonly events: number
  readonly chains: number
  /** Chains whose beginning retention has removed; what remains of them was checked. */
  readonly begunBefore: number
  readonly problems: readonly AuditProblem[]
}

interface ChainEnd {
  readonly sequence: number
  readonly hash: string
}

/**
 * Checks the chains of the audit topic, record by record in the order of their offsets from the earliest. The newest events of a chain, or
 * whole chains that no other began at, can be removed unseen: rights on the topic must prevent that.
 */
export class AuditVerifier {
  readonly #schemas: SchemaLookup
  readonly #chains = new Map<string, ChainEnd>()
  readonly #hashes = new Set<string>()
  readonly #problems: AuditProblem[] = []
  readonly #whole: boolean
  #next: number
  #events = 0
  #begunBefore = 0

  /** `earliest`: of the topic's one partition. Above 0 retention has removed what was before. */
  constructor({ earliest, schemas }: { readonly earliest: number; readonly schemas: SchemaLookup }) {
    this.#schemas = schemas
    this.#next = earliest
    this.#whole = earliest === 0
  }

  /** @returns the event, when it can be read */
  add({ offset, value }: Pick<KafkaRecord, 'offset' | 'value'>): AuditRecord | undefined {
    if (offset > this.#next) this.#report('records_gone', offset, '', `offsets ${this.#next} to ${offset - 1}`)
    this.#next = offset + 1
    let event: AuditRecord
    try {
      event = decodeRecord('AuditEvent', value ?? new Uint8Array(), this.#schemas)
    } catch (error) {
      this.#report('unreadable', offset, '', messageOf(error))
      return undefined
    }
    this.#events += 1
    const hash = hexOf(event.hash)
    if (!auditHashOf(value ?? new Uint8Array()).equals(event.hash))
      this.#report('altered', offset, event.writer, `event ${event.sequence} is not what was hashed`)
    this.#link(event, offset, hash)
    this.#hashes.add(hash)
    return event
  }

  verdict(): AuditVerdict {
    const chains = this.#chains.size
    return { events: this.#events, chains, begunBefore: this.#begunBefore, problems: this.#problems }
  }

  #link(event: AuditRecord, offset: number, hash: string): void {
    const { writer, sequence } = event
    const previous = hexOf(event.previousHash)
    const end = this.#chains.get(writer)
    if (end !== undefined && sequence <= end.sequence) {
      // Sent again because the answer was lost: the same bytes.
      if (!this.#hashes.has(hash)) this.#report('forked', offset, writer, `a second event ${sequence}`)
      return
    }
    this.#chains.set(writer, { sequence, hash })
    if (end === undefined) {
      this.#begin(event, offset, previous)
    } else if (sequence !== end.sequence + 1) {
      this.#report('missing', offset, writer, `events ${end.sequence + 1} to ${sequence - 1}`)
    } else if (previous !== end.hash) {
      this.#report(
        'altered',
        offset,
        writer,
        `event ${sequence} does not follow the event ${end.sequence} that is here`,
      )
    }
  }

  #begin({ writer, sequence }: AuditRecord, offset: number, previous: string): void {
    const known = sequence === 0 && (previous === hexOf(NO_HASH) || this.#hashes.has(previous))
    if (known) return
    if (!this.#whole) this.#begunBefore += 1
    else if (sequence > 0) this.#report('missing', offset, writer, `events 0 to ${sequence - 1}`)
    else this.#report('missing', offset, writer, 'the event at which this chain began')
  }

  #report(kind: AuditProblem['kind'], offset: number, writer: string, detail: string): void {
    this.#problems.push({ kind, offset, writer, detail })
  }
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')
}
