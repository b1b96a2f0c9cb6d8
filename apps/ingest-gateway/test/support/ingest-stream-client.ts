import { status } from '@grpc/grpc-js'
import type { ClientDuplexStream } from '@grpc/grpc-js'
import { eventually } from '@pegel/testing'
import { failed, metadataOf, same } from './grpc-client.ts'
import type { Outcome, RawClient } from './grpc-client.ts'
import { decodeIngest, encodeIngest } from './ingest-proto.ts'

export const INGEST_STREAM = '/pegel.ingest.v1.Ingest/Stream'

interface Answer {
  readonly sequence: number
  readonly result?: Record<string, unknown>
  readonly code?: number
  readonly reason?: string
  readonly message?: string
  readonly retryDelay?: { readonly seconds?: number }
}

/** A client of pegel.ingest.v1's stream that notes all that it is told. */
export class IngestStreamClient {
  readonly call: ClientDuplexStream<Buffer, Buffer>
  /** How the stream ended. */
  readonly ended: Promise<Outcome>
  readonly events: Record<string, unknown>[] = []

  constructor(client: RawClient, headers: Readonly<Record<string, string>> = {}) {
    this.call = client.client.makeBidiStreamRequest(INGEST_STREAM, same, same, metadataOf(headers))
    this.call.on('data', (bytes: Buffer) => this.events.push(decodeIngest('StreamResponse', bytes)))
    this.call.on('error', () => undefined)
    this.ended = new Promise((resolve) => this.call.once('status', (end) => resolve(failed(end))))
  }

  send(sequence: number, request: object): void {
    this.sendBytes(encodeIngest('StreamRequest', { ...request, sequence }))
  }

  sendBytes(bytes: Buffer): void {
    this.call.write(bytes)
  }

  end(): void {
    this.call.end()
  }

  cancel(): void {
    this.call.cancel()
  }

  get windows(): readonly unknown[] {
    return this.events.flatMap(({ window }) => (window === undefined ? [] : [window]))
  }

  /** Sequences in the order of their answers. */
  get order(): readonly number[] {
    return this.events.flatMap(({ ack, nack }) =>
      [ack, nack].flatMap((each) => (each as Answer | undefined)?.sequence ?? []),
    )
  }

  /** What became of a batch, in the words of a unary call; undefined while there is no answer. */
  outcome(sequence: number): (Outcome & { readonly result: unknown }) | undefined {
    for (const { ack, nack } of this.events) {
      const answer = (ack ?? nack) as Answer | undefined
      if (answer?.sequence !== sequence) continue
      const { code = 0, reason, message = '', retryDelay, result } = answer
      const name = status[code] as Outcome['status']
      return { status: name, reason, message, retryAfterS: retryDelay?.seconds, body: Buffer.alloc(0), result }
    }
    return undefined
  }

  /** Resolves when the window has come. */
  opened(): Promise<void> {
    return eventually(() => {
      if (this.windows.length === 0) throw new Error('no window yet')
    })
  }

  answered(...sequences: readonly number[]): Promise<void> {
    return eventually(() => {
      const missing = sequences.filter((sequence) => this.outcome(sequence) === undefined)
      if (missing.length > 0) throw new Error(`no answer for ${missing.join()}`)
    })
  }

  closing(): Promise<void> {
    return eventually(() => {
      if (!this.events.some(({ closing }) => closing !== undefined)) throw new Error('it does not close')
    })
  }
}
