import { ResponderBuilder, ServerInterceptingCall, ServerListenerBuilder } from '@grpc/grpc-js'
import type { Metadata, ServerInterceptingCallInterface, ServerInterceptor } from '@grpc/grpc-js'
import type { InFlight } from '../in-flight.ts'
import { grpcErrors } from './errors.ts'
import { grpcRefusal } from './grpc-status.ts'

/** What happens to a call before its handler runs. */
export interface AdmissionOptions {
  /** Doors by the path of their methods. Calls of other paths need no credential: health and reflection. */
  readonly doors: ReadonlyMap<string, string>
  /** Judges the head of a call. What it throws is the answer; nothing of the message has been read then. */
  readonly admit: (metadata: Metadata) => void
  /** Counts calls of doors from their head to their status. */
  readonly inFlight: InFlight
  /** Told of every call of a door that ended before a handler got it: refused, cancelled, too large or not to be unpacked. */
  readonly turnedAway: (call: TurnedAway) => void
  /** How long a message may take after the head of its call. Default 60 s. */
  readonly receiveTimeoutMs?: number
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

/** As long as a whole request may take over HTTP. */
const RECEIVE_TIMEOUT_MS = 60_000
/** Anybody may ask for health and reflection: a call that takes longer than this to say what it wants is ended. */
const OPEN_TIMEOUT_MS = 10_000
/** And so many of them may do so at a time, since each may hold a message of the greatest size. */
const MAX_OPEN_CALLS = 16

/**
 * Admits calls by their head alone. grpc-js hands a message to its handler when it is whole; without this, anybody could make
 * the gateway hold as many of them as it likes.
 */
export function admission(options: AdmissionOptions): ServerInterceptor {
  const open = new Set<ServerInterceptingCallInterface>()
  return ({ path, requestStream }, call) => {
    const door = options.doors.get(path)
    const arrival =
      door === undefined ? openArrival(call, open) : doorArrival(call, { ...options, door, requestStream })
    const listener = new ServerListenerBuilder()
      .withOnReceiveMetadata((metadata, next) => {
        if (arrival.head(metadata)) next(metadata)
      })
      .withOnReceiveHalfClose((next) => {
        arrival.whole()
        next()
      })
      .withOnCancel(() => arrival.ended())
      .build()
    return new ServerInterceptingCall(call, new ResponderBuilder().withStart((next) => next(listener)).build())
  }
}

/** A call on its way to its handler. */
interface Arrival {
  /** False: it was refused. */
  head(metadata: Metadata): boolean
  /** The client has sent all that it has to send. */
  whole(): void
  /** However it ended; always called, once. */
  ended(): void
}

type DoorOptions = AdmissionOptions & { readonly door: string; readonly requestStream: boolean }

function doorArrival(call: ServerInterceptingCallInterface, options: DoorOptions): Arrival {
  const { door, requestStream, admit, inFlight, turnedAway, receiveTimeoutMs = RECEIVE_TIMEOUT_MS } = options
  const started = performance.now()
  const end = Promise.withResolvers<undefined>()
  let timer: NodeJS.Timeout | undefined
  let done = false
  const finish = (reason?: string, error?: unknown): void => {
    if (done) return
    done = true
    clearTimeout(timer)
    if (reason === undefined) return
    const seconds = (performance.now() - started) / 1000
    turnedAway({ door, reason, seconds, error, address: call.getConnectionInfo().remoteAddress ?? '' })
  }
  const refuse = (error: unknown): void => {
    const status = grpcRefusal(error)
    finish(status.reason, error)
    call.sendStatus(status)
  }
  return {
    head(metadata) {
      try {
        admit(metadata)
      } catch (error) {
        refuse(error)
        return false
      }
      void inFlight.during(() => end.promise)
      // A stream may take as long as it likes; its messages are judged one by one.
      if (requestStream) finish()
      else timer = setTimeout(() => refuse(receiveTimeout(receiveTimeoutMs)), receiveTimeoutMs)
      return true
    },
    whole: () => finish(),
    ended() {
      finish(UNREAD)
      end.resolve(undefined)
    },
  }
}

/** Health and reflection: bounded in number and time until they have said what they want. */
function openArrival(call: ServerInterceptingCallInterface, open: Set<ServerInterceptingCallInterface>): Arrival {
  let timer: NodeJS.Timeout | undefined
  const leave = (): void => {
    clearTimeout(timer)
    open.delete(call)
  }
  return {
    head() {
      if (open.size >= MAX_OPEN_CALLS) {
        call.sendStatus(grpcRefusal(grpcErrors.too_many_open_calls({ retryAfterS: 1 })))
        return false
      }
      open.add(call)
      timer = setTimeout(() => call.sendStatus(grpcRefusal(receiveTimeout(OPEN_TIMEOUT_MS))), OPEN_TIMEOUT_MS)
      return true
    },
    whole: leave,
    ended: leave,
  }
}

/** Made when it is needed: an error for every call, with its stack, would cost more than the rest of its admission. */
function receiveTimeout(ms: number): Error {
  return grpcErrors.receive_timeout({ seconds: ms / 1000 })
}
