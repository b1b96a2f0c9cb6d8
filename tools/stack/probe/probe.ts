import type { ComponentName } from '../types.ts'
import { probeHttp } from './http.ts'
import { knownBrokers } from './kafka.ts'
import { probeMqtt } from './mqtt.ts'

/** Resolves when the component at this address answers; of several Kafka brokers, one is enough. */
export async function probe(name: ComponentName, address: string): Promise<void> {
  if (name === 'mosquitto') return probeMqtt(address)
  if (name !== 'kafka') return probeHttp(name, address)
  await Promise.any(address.split(',').map((broker) => knownBrokers(broker.trim())))
}
