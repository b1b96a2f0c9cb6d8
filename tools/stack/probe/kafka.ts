import { connect } from 'node:net'

const metadataKey = 3
const version = 1
const timeoutMs = 3_000

/** Metadata request, version 1, for no topic at all: int16 key, int16 version, int32 correlation, string client, int32 topics. */
function request(): Buffer {
  const client = Buffer.from('pegel-stack')
  const body = Buffer.alloc(4 + 2 + 2 + 4 + 2 + client.length + 4)
  let at = body.writeInt32BE(body.length - 4)
  at = body.writeInt16BE(metadataKey, at)
  at = body.writeInt16BE(version, at)
  at = body.writeInt32BE(1, at)
  at = body.writeInt16BE(client.length, at)
  at += client.copy(body, at)
  body.writeInt32BE(0, at)
  return body
}

function exchange(host: string, port: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port })
    let received: Buffer = Buffer.alloc(0)
    socket.setTimeout(timeoutMs, () => socket.destroy(new Error(`no answer from ${host}:${port}`)))
    socket.once('error', reject)
    socket.once('close', () => reject(new Error(`${host}:${port} closed the connection`)))
    socket.once('connect', () => socket.write(request()))
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk])
      if (received.length < 4 || received.length < 4 + received.readInt32BE()) return
      resolve(received)
      socket.destroy()
    })
  })
}

/** How many brokers a Metadata response lists: it begins with int32 size, int32 correlation, int32 brokers. */
export function brokersIn(response: Buffer): number {
  return response.readInt32BE(8)
}

/** Resolves when the broker at host:port answers and knows at least so many brokers. */
export async function probeBroker(address: string, atLeast: number): Promise<void> {
  const at = address.lastIndexOf(':')
  const count = brokersIn(await exchange(address.slice(0, at), Number(address.slice(at + 1))))
  if (count < atLeast) throw new Error(`${address} knows ${count} of ${atLeast} brokers`)
}
