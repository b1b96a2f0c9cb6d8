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

/** Addresses of the brokers in a Metadata response: int32 size, int32 correlation, then an array of node, host, port, rack. */
export function brokersIn(response: Buffer): string[] {
  const addresses: string[] = []
  let at = 12
  for (let left = response.readInt32BE(8); left > 0; left--) {
    const hostAt = at + 6
    const portAt = hostAt + response.readInt16BE(at + 4)
    addresses.push(`${response.toString('utf8', hostAt, portAt)}:${response.readInt32BE(portAt)}`)
    const rackLength = response.readInt16BE(portAt + 4)
    at = portAt + 6 + Math.max(0, rackLength) // -1 stands for no rack
  }
  return addresses
}

/** The brokers that the one at host:port knows; fenced ones, which serve nobody yet, are not among them. */
export async function knownBrokers(address: string): Promise<string[]> {
  const at = address.lastIndexOf(':')
  return brokersIn(await exchange(address.slice(0, at), Number(address.slice(at + 1))))
}
