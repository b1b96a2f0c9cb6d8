import type { MqttClient } from 'mqtt'
import type { IPublishPacket, Packet } from 'mqtt'
import type { AckReason } from './ordered-acks.ts'

/** Of mqtt.js 5.16, beyond its public interface. */
interface Internals {
  _sendPacket(packet: Packet): void
}

/**
 * Decouples acknowledging from reading: mqtt.js hands out the next message only when the last one is acknowledged, so that one round trip to
 * Kafka would be all that a connection carries at a time. An error given to its callback means "go on, send nothing"
 * (handlers/publish.js); the acknowledgement is sent later by acknowledge().
 */
export function readAhead(client: MqttClient, take: (packet: IPublishPacket) => Promise<void>): void {
  client.handleMessage = (packet, next) => {
    const go = (): void => next(packet.qos === 0 ? undefined : new Error('acknowledged later'))
    take(packet).then(go, go)
  }
}

/** PUBACK; nothing when the connection is gone. MQTT 3.1.1 has no reasons. */
export function acknowledge(client: MqttClient, messageId: number, reasonCode: AckReason): void {
  if (client.connected) (client as unknown as Internals)._sendPacket({ cmd: 'puback', messageId, reasonCode })
}
