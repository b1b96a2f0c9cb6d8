import type { ServerInterceptingCallInterface } from '@grpc/grpc-js'
import { internalsOf } from './grpc-internals.ts'
import { MessageJoiner } from './message-joiner.ts'
import { SocketMemory } from './socket-memory.ts'

/** Has the messages of calls of grpc-js joined by ours: less is copied into fresh memory, and what sockets were read into is freed at once. */
export class JoinMessages {
  /** By session. */
  readonly #memories = new WeakMap<object, SocketMemory>()

  /** @param call the lowest one, before anything of it was read */
  of(call: ServerInterceptingCallInterface): void {
    const internals = internalsOf(call)
    const { stream, maxReceiveMessageSize: maxBytes } = internals
    const memory = this.#memoryOf(stream.session ?? stream)
    memory.watch(stream)
    internals.decoder = new MessageJoiner({ maxBytes, consumed: (chunk) => memory.consumed(chunk) })
  }

  #memoryOf(session: object): SocketMemory {
    const known = this.#memories.get(session)
    if (known !== undefined) return known
    const made = new SocketMemory()
    this.#memories.set(session, made)
    return made
  }
}
