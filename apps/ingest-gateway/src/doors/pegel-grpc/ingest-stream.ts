import type { TenantConfig } from '@pegel/tenancy'
import { gatewayErrors } from '../../errors.ts'
import type { GrpcOutcome } from '../grpc/grpc-calls.ts'
import { grpcRefusal } from '../grpc/grpc-status.ts'
import type { GrpcRefusal } from '../grpc/grpc-status.ts'
import { PEGEL_GRPC_MEANINGS, pegelGrpcErrors } from './errors.ts'
import { ackEvent, closingEvent, nackEvent, sequenceOf, windowEvent } from './messages.ts'
import type { Window } from './messages.ts'
import { Outstanding } from './outstanding.ts'

/** What a stream stands on; gRPC is behind it. */
export interface StreamSide {
  /** Puts an event on its way. @returns events that the client has not read yet */
  send(event: Buffer): number
  /** Ends the stream, with OK or as refused. Nothing is sent after it. */
  end(refusal?: GrpcRefusal): void
  /** The tenant as it is now. May throw: then the stream cannot go on. */
  tenant(): TenantConfig
  /** Has a batch taken; never rejects. Batches get to Kafka in the order of the calls. */
  take(tenant: TenantConfig, batch: Buffer): Promise<GrpcOutcome>
}

export interface StreamLimits {
  readonly maxBatches: number
  readonly maxBytes: number
}

/** Beyond it a client is cut off: it sends without reading what became of it. */
const MAX_UNREAD_ANSWERS = 1000
const MAX_SEQUENCE = Number.MAX_SAFE_INTEGER
/** Between Closing and the end of the stream, for batches that are on their way and for the client to half-close. */
const CLOSING_GRACE_MS = 1000

/**
 * One stream of pegel.ingest.v1: window, sequences, answers, and its end. Every message is judged when it comes; what is
 * outstanding is bounded by the window, what is unread by a number.
 */
export class IngestStream {
  readonly #side: StreamSide
  readonly #limits: StreamLimits
  readonly #outstanding = new Outstanding()
  #window: Window = { batches: 0, bytes: 0, batchBytes: 0 }
  #last = 0
  #stopping = false
  /** How the stream ends once nothing is outstanding; undefined while it goes on. */
  #ending: { readonly refusal: GrpcRefusal | undefined } | undefined
  #ended = false
  #grace: NodeJS.Timeout | undefined

  constructor(side: StreamSide, limits: StreamLimits) {
    this.#side = side
    this.#limits = limits
  }

  /** Tells the client its window. */
  open(tenant: TenantConfig): void {
    this.#adjust(tenant)
  }

  /** A StreamRequest has come. */
  receive(message: Buffer): void {
    if (this.#ending !== undefined) return
    try {
      const sequence = this.#sequence(message)
      const tenant = this.#side.tenant()
      this.#adjust(tenant)
      this.#batch(sequence, tenant, message)
    } catch (error) {
      this.#endWith(grpcRefusal(error, PEGEL_GRPC_MEANINGS))
    }
  }

  /** The client has no more to send. */
  halfClosed(): void {
    this.#endWith(undefined)
  }

  /** The client is gone, or its deadline has passed: nobody waits for answers. What was taken goes on its way. */
  gone(): void {
    this.#ended = true
    clearTimeout(this.#grace)
  }

  /** The gateway stops: tells the client, answers what is outstanding, and ends. */
  stop(): void {
    if (this.#ended || this.#stopping) return
    this.#stopping = true
    const refusal = grpcRefusal(gatewayErrors.stopping({ retryAfterS: 1 }))
    this.#send(closingEvent(refusal.details))
    this.#grace = setTimeout(() => this.#endWith(refusal), CLOSING_GRACE_MS)
  }

  #sequence(message: Buffer): number {
    const sequence = sequenceOf(message)
    if (sequence <= this.#last || sequence > MAX_SEQUENCE) {
      throw pegelGrpcErrors.sequence_invalid({ sequence, last: this.#last })
    }
    this.#last = sequence
    return sequence
  }

  #batch(sequence: number, tenant: TenantConfig, message: Buffer): void {
    // One that is too large for its tenant is refused where all such are; it is in memory until then.
    const bytes = Math.min(message.length, this.#window.batchBytes)
    const refused = this.#judge(bytes)
    if (refused !== undefined) {
      this.#send(nackEvent(sequence, grpcRefusal(refused, PEGEL_GRPC_MEANINGS)))
      return
    }
    void this.#side.take(tenant, message).then((outcome) => {
      this.#outstanding.giveBack(bytes)
      this.#send('refusal' in outcome ? nackEvent(sequence, outcome.refusal) : ackEvent(sequence, outcome.body))
      this.#endIfDone()
    })
  }

  /** Takes the batch into the window, or says why not. */
  #judge(bytes: number): Error | undefined {
    if (this.#stopping) return gatewayErrors.stopping({ retryAfterS: 1 })
    if (this.#outstanding.take(bytes, this.#window)) return undefined
    const { batches, bytes: windowBytes } = this.#window
    return pegelGrpcErrors.window_exceeded({ batches, bytes: windowBytes, retryAfterS: 1 })
  }

  /** The window follows the tenant's limits. */
  #adjust({ limits: { maxRequestBytes } }: TenantConfig): void {
    if (maxRequestBytes === this.#window.batchBytes) return
    const { maxBatches, maxBytes } = this.#limits
    const bytes = Math.max(maxBytes, maxRequestBytes)
    this.#window = { batches: maxBatches, bytes, batchBytes: maxRequestBytes }
    this.#send(windowEvent(this.#window))
  }

  #send(event: Buffer): void {
    if (this.#ended) return
    const answers = this.#side.send(event)
    if (answers <= MAX_UNREAD_ANSWERS) return
    this.#finish(grpcRefusal(pegelGrpcErrors.answers_unread({ answers }), PEGEL_GRPC_MEANINGS))
  }

  #endWith(refusal: GrpcRefusal | undefined): void {
    this.#ending ??= { refusal }
    this.#endIfDone()
  }

  #endIfDone(): void {
    if (this.#ending !== undefined && this.#outstanding.batches === 0) this.#finish(this.#ending.refusal)
  }

  #finish(refusal: GrpcRefusal | undefined): void {
    if (this.#ended) return
    this.#ended = true
    this.#ending ??= { refusal }
    clearTimeout(this.#grace)
    this.#side.end(refusal)
  }
}
