import { once } from 'node:events'
import { connect } from 'node:http2'
import { duplexPair } from 'node:stream'
import { Server, ServerCredentials, ServerInterceptingCall } from '@grpc/grpc-js'
import type { ServerUnaryCall } from '@grpc/grpc-js'
import { describe, expect, it } from '@jest/globals'
import { buffers } from '@pegel/buffers'
import { JoinMessages } from './join-messages.ts'
import { methodPath, rawDefinition } from './raw-service.ts'
import type { RawService } from './raw-service.ts'

const SERVICE: RawService = { name: 'test.Echo', door: 'test', methods: { Export: 'unary' } }

/** A server of grpc-js, which calls back with each message, behind a connection that is no socket. */
function served(taken: (message: Buffer) => void) {
  const join = new JoinMessages()
  const server = new Server({
    interceptors: [
      (_method, call) => {
        join.of(call)
        return new ServerInterceptingCall(call)
      },
    ],
  })
  server.addService(rawDefinition(SERVICE), {
    Export: (call: ServerUnaryCall<Buffer, Buffer>, answer: (error: null, body: Buffer) => void) => {
      taken(call.request)
      answer(null, Buffer.alloc(0))
    },
  })
  const [near, far] = duplexPair()
  server.createConnectionInjector(ServerCredentials.createInsecure()).injectConnection(far)
  const session = connect('http://test', { createConnection: () => near })
  return {
    async send(message: Buffer): Promise<unknown> {
      const head = Buffer.alloc(5)
      head.writeUInt32BE(message.length, 1)
      const path = methodPath(SERVICE, 'Export')
      const request = session.request({ ':method': 'POST', ':path': path, 'content-type': 'application/grpc' })
      request.resume()
      request.end(Buffer.concat([head, message]))
      const [trailers] = (await once(request, 'trailers')) as [Readonly<Record<string, unknown>>]
      return trailers['grpc-status']
    },
    close(): void {
      session.destroy()
      server.forceShutdown()
    },
  }
}

describe('JoinMessages', () => {
  it('has the messages of a server of grpc-js joined in borrowed memory', async () => {
    const taken: Buffer[] = []
    const { send, close } = served((message) => taken.push(message))
    const messages = [Buffer.alloc(200_000, 'a'), Buffer.alloc(300_000, 'b')]
    try {
      for (const message of messages) expect(await send(message)).toBe('0')
    } finally {
      close()
    }
    for (const [index, message] of messages.entries()) {
      const found = taken[index] ?? Buffer.alloc(0)
      expect(found.equals(message)).toBe(true)
      expect(buffers.giveBack(found)).toBe(true)
    }
  })
})
