import type { Host } from '../host.ts'
import type { Collector, HostMetric, Observation } from '../observation.ts'

const counter = (name: string, unit: string, description: string): HostMetric => ({
  name,
  kind: 'counter',
  unit,
  int: true,
  description,
})
const IO = counter('system.network.io', 'By', 'Bytes received and transmitted')
const PACKETS = counter('system.network.packet.count', '{packet}', 'Packets received and transmitted')
const ERRORS = counter('system.network.errors', '{error}', 'Errors while receiving and transmitting')
const DROPPED = counter('system.network.packet.dropped', '{packet}', 'Packets dropped though there was no error')

export interface InterfaceCounters {
  readonly name: string
  readonly receive: PacketCounters
  readonly transmit: PacketCounters
}

export interface PacketCounters {
  readonly bytes: number
  readonly packets: number
  readonly errors: number
  readonly dropped: number
}

/** /proc/net/dev: two lines of headings, then `name: 8 receive columns, 8 transmit columns`. */
export function parseNetDev(text: string): InterfaceCounters[] {
  const interfaces: InterfaceCounters[] = []
  for (const line of text.split('\n')) {
    // The last colon: an alias is written eth0:1, and a large first counter may follow the colon without a blank.
    const colon = line.lastIndexOf(':')
    if (colon < 0) continue
    const columns = line
      .slice(colon + 1)
      .trim()
      .split(/\s+/)
      .map(Number)
    if (columns.length < 16) continue
    interfaces.push({ name: line.slice(0, colon).trim(), receive: packets(columns, 0), transmit: packets(columns, 8) })
  }
  return interfaces
}

function packets(columns: readonly number[], from: number): PacketCounters {
  const at = (index: number): number => columns[from + index] ?? 0
  return { bytes: at(0), packets: at(1), errors: at(2), dropped: at(3) }
}

export function networkObservations(interfaces: readonly InterfaceCounters[]): Observation[] {
  return interfaces.flatMap(({ name, receive, transmit }) => [
    ...directionObservations(name, 'receive', receive),
    ...directionObservations(name, 'transmit', transmit),
  ])
}

function directionObservations(name: string, direction: string, counters: PacketCounters): Observation[] {
  const attributes = { 'network.interface.name': name, 'network.io.direction': direction }
  return [
    { metric: IO, value: counters.bytes, attributes },
    { metric: PACKETS, value: counters.packets, attributes },
    { metric: ERRORS, value: counters.errors, attributes },
    { metric: DROPPED, value: counters.dropped, attributes },
  ]
}

export function createNetworkCollector(host: Host): Collector {
  return {
    name: 'network',
    metrics: [IO, PACKETS, ERRORS, DROPPED],
    collect: async () => networkObservations(parseNetDev(await host.proc('net/dev'))),
  }
}
