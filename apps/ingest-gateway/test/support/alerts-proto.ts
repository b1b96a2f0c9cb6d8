import protobuf from 'protobufjs'

/** pegel.alerts.v1, read by a general-purpose library: how a client in any language sees it. */
const root = new protobuf.Root()
root.resolvePath = (_origin, target) => (target.startsWith('google/') ? target : `libs/contracts/proto/${target}`)
root.loadSync('pegel/alerts/v1/alerts.proto')

type MessageName = 'TriggerRequest' | 'TriggerResponse'

export function encodeAlerts(name: MessageName, value: object): Buffer {
  const type = root.lookupType(`pegel.alerts.v1.${name}`)
  return Buffer.from(type.encode(type.fromObject(value)).finish())
}

/** Fields that were not sent are left out. */
export function decodeAlerts(name: MessageName, bytes: Uint8Array): Record<string, unknown> {
  const type = root.lookupType(`pegel.alerts.v1.${name}`)
  return type.toObject(type.decode(bytes))
}
