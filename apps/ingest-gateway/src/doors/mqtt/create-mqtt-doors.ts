import type { ComponentContext } from '@pegel/service'
import type { GatewayConfig } from '../../config.ts'
import type { LineCaches } from '../../line-protocol/index.ts'
import type { BehindDoors } from '../door.ts'
import { MqttDoor } from './mqtt.door.ts'

type Context = Pick<ComponentContext<GatewayConfig>, 'config' | 'metrics'>

/** One door to the broker, or none when there is no broker. */
export function createMqttDoors(context: Context, behind: BehindDoors, lines: LineCaches): readonly MqttDoor[] {
  const { config, metrics: prometheus } = context
  if (config.PEGEL_MQTT_URL === '') return []
  const door = new MqttDoor({
    ...behind,
    prometheus,
    lines,
    url: config.PEGEL_MQTT_URL,
    username: config.PEGEL_MQTT_USERNAME,
    password: config.PEGEL_MQTT_PASSWORD,
    version: config.PEGEL_MQTT_VERSION,
    template: config.PEGEL_MQTT_TOPIC,
    group: config.PEGEL_MQTT_GROUP,
    clientId: config.PEGEL_MQTT_CLIENT_ID,
    sessionExpiryMs: config.PEGEL_MQTT_SESSION_EXPIRY,
    maxInFlight: config.PEGEL_MQTT_MAX_IN_FLIGHT,
  })
  return [door]
}
