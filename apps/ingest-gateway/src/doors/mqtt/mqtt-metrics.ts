import type { Metrics } from '@pegel/telemetry'

/** Names and help of what the gateway says of its broker; the manifest lists them. Messages are requests of the door `mqtt`. */
export const MQTT_METRICS = [
  { name: 'pegel_gateway_mqtt_subscribed', type: 'gauge', help: '1 while the broker delivers messages, else 0' },
] as const

export class MqttMetrics {
  readonly #subscribed

  constructor(metrics: Metrics) {
    const [{ name, help }] = MQTT_METRICS
    this.#subscribed = metrics.gauge(name, help)
    this.#subscribed.set(0)
  }

  subscribed(yes: boolean): void {
    this.#subscribed.set(yes ? 1 : 0)
  }
}
