import { connect } from 'node:http2'
import type { IncomingHttpHeaders, Settings } from 'node:http2'
import { status } from '@grpc/grpc-js'
import { METRICS_EXPORT } from './grpc-client.ts'
import { KEYS } from './keys.ts'

export interface RawCall {
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** gRPC by hand, for what no client library sends. Gives the name of the status that ended the call. */
export function rawCall(
  port: number,
  bytes: Buffer,
  { path = METRICS_EXPORT, headers = {} }: RawCall = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const session = connect(`http://127.0.0.1:${port}`)
    session.once('error', reject)
    const stream = session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
      authorization: `Bearer ${KEYS.acme}`,
      ...headers,
    })
    const seen: IncomingHttpHeaders = {}
    stream.once('response', (head) => {
      Object.assign(seen, head)
    })
    stream.once('trailers', (trailers) => {
      Object.assign(seen, trailers)
    })
    stream.once('error', reject)
    stream.once('close', () => {
      session.close()
      resolve(status[Number(seen['grpc-status'])] ?? `none, HTTP ${String(seen[':status'])}`)
    })
    stream.resume()
    stream.end(bytes)
  })
}

/** What the server lets a client send before it has to wait, in bytes. */
export function offeredWindows(port: number): Promise<{ readonly stream: number; readonly connection: number }> {
  return new Promise((resolve, reject) => {
    const session = connect(`http://127.0.0.1:${port}`)
    session.once('error', reject)
    // The answer to a ping comes behind what the server said first.
    session.once('remoteSettings', ({ initialWindowSize: stream = 0 }: Settings) => {
      session.ping((error) => {
        const { remoteWindowSize: connection = 0 } = session.state
        session.destroy()
        if (error === null) resolve({ stream, connection })
        else reject(error)
      })
    })
  })
}

/** A length-prefixed message. @param announced its length as the frame has it */
export function frame(message: Buffer, { packed = false, announced = message.length } = {}): Buffer {
  const head = Buffer.alloc(5)
  head.writeUInt8(packed ? 1 : 0)
  head.writeUInt32BE(announced, 1)
  return Buffer.concat([head, message])
}
