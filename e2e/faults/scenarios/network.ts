import type { ProxyMode } from '../../../libs/testing/src/tcp-proxy.ts'
import { BACKENDS } from '../rig/backends.ts'
import type { Rig } from '../rig/rig.ts'
import { LINKED } from '../rig/services.ts'
import type { Scenario } from './scenario.ts'

interface Pair {
  readonly name: string
  readonly about: string
  readonly set: (rig: Rig, mode: ProxyMode) => void
}

const PAIRS: readonly Pair[] = [
  {
    name: 'client-gateway',
    about: 'between the clients and ingest-gateway',
    set: ({ doorways }, mode) => {
      for (const doorway of doorways) doorway.set(mode)
    },
  },
  ...LINKED.map((service) => ({
    name: `${service}-kafka`,
    about: `between ${service} and Kafka`,
    set: ({ cluster }: Rig, mode: ProxyMode) => {
      cluster.link(service, mode)
    },
  })),
  ...BACKENDS.map((backend) => ({
    name: `sink-${backend}-backend`,
    about: `between sink-${backend} and ${backend}`,
    set: ({ backends }: Rig, mode: ProxyMode) => {
      backends.sites[backend].network.set(mode)
    },
  })),
]

interface Kind {
  readonly name: string
  readonly about: string
  readonly mode: ProxyMode
  readonly holdMs: number
}

const KINDS: readonly Kind[] = [
  { name: 'cut', about: 'is cut: connections are reset, new ones too', mode: { kind: 'cut' }, holdMs: 4000 },
  { name: 'slow', about: 'is late by 400 ms in both directions', mode: { kind: 'slow', delayMs: 400 }, holdMs: 4000 },
  // Longer than a consumer's session.
  { name: 'silent', about: 'swallows everything, connections stay open', mode: { kind: 'drop' }, holdMs: 8000 },
]

export const NETWORK_SCENARIOS: readonly Scenario[] = KINDS.flatMap((kind) =>
  PAIRS.filter(({ name }) => kind.name !== 'silent' || name.endsWith('-kafka')).map((pair) => ({
    name: `${kind.name}-${pair.name}`,
    about: `the network ${pair.about} ${kind.about}`,
    brokers: 1 as const,
    holdMs: kind.holdMs,
    ...(kind.name === 'cut' && pair.name === 'ingest-gateway-kafka' ? { smoke: true as const } : {}),
    fault: {
      inject: ({ rig }) => {
        pair.set(rig, kind.mode)
      },
      heal: ({ rig }) => {
        pair.set(rig, { kind: 'pass' })
      },
    },
  })),
)
