import { ResponderBuilder, ServerInterceptingCall, ServerListenerBuilder } from '@grpc/grpc-js'
import type { Metadata, ServerInterceptor, StatusObject } from '@grpc/grpc-js'
import type { Claims } from '../../ingest/authenticate.ts'
import { grpcErrors } from './errors.ts'
import { grpcRefusal } from './grpc-status.ts'

/** What happens to a call before its handler runs. */
export interface AdmissionOptions {
  /** Doors by the path of their methods; calls of other paths pass untouched. */
  readonly doors: ReadonlyMap<string, string>
  /** Judges the head of a call. What it throws is the answer; nothing of the message has been read then. */
  readonly admit: (metadata: Metadata) => void
  /** Told of every call that ended before a handler got it: refused, cancelled, too large or not to be unpacked. */
  readonly turnedAway: (call: TurnedAway) => void
  /** How long a unary message may take after its head. */
  readonly receiveTimeoutMs: number
}

export interface TurnedAway {
  readonly door: string
  /** Code of the error, or UNREAD. */
  readonly reason: string
  readonly seconds: number
  readonly error: unknown
  /** Of the client, as the socket has it; empty when there is none. */
  readonly address: string
}

/** Reason of calls that grpc-js ended before their message was whole: too large, not to be unpacked, cancelled. */
export const UNREAD = 'grpc.unread'

/** A call on its way to its handler. */
interface Arrival {
  readonly door: string
  readonly startedMs: number
  done: boolean
  timer: NodeJS.Timeout | undefined
}

/**
 * Admits calls by their head alone. grpc-js hands a message to its handler when it is whole; without this, anybody could make
 * the gateway hold as many of them as it likes.
 */
export function admission({ doors, admit, turnedAway, receiveTimeoutMs }: AdmissionOptions): ServerInterceptor {
  return ({ path, requestStream }, call) => {
    const door = doors.get(path)
    if (door === undefined) return new ServerInterceptingCall(call)
    const arrival: Arrival = { door, startedMs: performance.now(), done: false, timer: undefined }
    const finish = (reason?: string, error?: unknown): void => {
      if (arrival.done) return
      arrival.done = true
      clearTimeout(arrival.timer)
      if (reason === undefined) return
      const seconds = (performance.now() - arrival.startedMs) / 1000
      turnedAway({ door, reason, seconds, error, address: call.getConnectionInfo().remoteAddress ?? '' })
    }
    const refuse = (error: unknown): void => {
      const status = grpcRefusal(error)
      finish(status.reason, error)
      call.sendStatus(status satisfies StatusObject)
    }
    const listener = new ServerListenerBuilder()
      .withOnReceiveMetadata((metadata, next) => {
        try {
          admit(metadata)
        } catch (error) {
          refuse(error)
          return
        }
        if (requestStream) finish()
        else {
          const late = (): void => refuse(grpcErrors.receive_timeout({ seconds: receiveTimeoutMs / 1000 }))
          arrival.timer = setTimeout(late, receiveTimeoutMs)
        }
        next(metadata)
      })
      .withOnReceiveHalfClose((next) => {
        finish()
        next()
      })
      .withOnCancel(() => finish(UNREAD))
      .build()
    return new ServerInterceptingCall(call, new ResponderBuilder().withStart((next) => next(listener)).build())
  }
}

/** Who sends a call, by its metadata: the same two headers as over HTTP. */
export function claimsOf(metadata: Metadata): Claims {
  return { authorization: textOf(metadata, 'authorization'), orgId: textOf(metadata, 'x-scope-orgid') }
}

/** Given twice, a header is one that nobody understands, as over HTTP. */
function textOf(metadata: Metadata, name: string): string | undefined {
  const text = metadata.get(name).join(',')
  return text === '' ? undefined : text
}
