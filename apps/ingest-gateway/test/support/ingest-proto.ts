import protobuf from 'protobufjs'

/** libs/contracts/proto, read by a general-purpose library: how a client in any language sees pegel.ingest.v1. */
const root = new protobuf.Root()
root.resolvePath = (_origin, target) => `libs/contracts/proto/${target}`
root.loadSync('pegel/ingest/v1/ingest.proto')

type MessageName = 'ExportRequest' | 'ExportResponse' | 'StreamRequest' | 'StreamResponse'

export function encodeIngest(name: MessageName, value: object): Buffer {
  const type = root.lookupType(`pegel.ingest.v1.${name}`)
  return Buffer.from(type.encode(type.fromObject(value)).finish())
}

/** With 64-bit numbers as numbers, and fields that were not sent left out. */
export function decodeIngest(name: MessageName, bytes: Uint8Array): Record<string, unknown> {
  const type = root.lookupType(`pegel.ingest.v1.${name}`)
  return type.toObject(type.decode(bytes), { longs: Number, oneofs: true })
}
