import { setTimeout as sleep } from 'node:timers/promises'
import type { PegelWorld } from '../support/pegel-world.ts'
import { startChild } from '../support/child.ts'
import type { NoiseOrder, NoiseResult } from './noise.ts'
import { fillDay, startReplay } from './replay.ts'
import type { Arm } from './rounds.ts'

export interface Noise {
  /** Stops it. @returns what came of it, in words */
  end(): Promise<string>
}

export interface Surroundings {
  readonly world: PegelWorld
  /** Of the process that refuses at once. */
  readonly refuser: string
}

/** A neighbour of the quiet tenant, and its noise. */
export interface Scenario {
  readonly name: string
  /** Of the bench, for --only. */
  readonly id: string
  /** Once, before the first round. */
  prepare?(world: PegelWorld): Promise<void>
  /** Starts the noise: at Pegel beside the quiet tenant, else where it does nothing. */
  start(arm: Arm, surroundings: Surroundings): Promise<Noise>
}

export const QUIET = 'quiet'
export const FLOOD = 'flood'
export const STUCK = 'stuck'
/** Points a second that the flooding tenant may send. */
export const FLOOD_LIMIT = 2000

export const SCENARIOS: readonly Scenario[] = [
  {
    id: 'flood',
    name: 'a tenant that sends 20 times its limit',
    start: (arm, surroundings) =>
      startSending(arm, surroundings, { tenant: FLOOD, requestsPerSecond: (20 * FLOOD_LIMIT) / 1000, points: 1000 }),
  },
  {
    id: 'hang',
    name: 'a tenant whose backend hangs',
    start: (arm, surroundings) =>
      startSending(arm, surroundings, { tenant: STUCK, requestsPerSecond: 10, points: 200 }),
  },
  {
    id: 'replay',
    name: "a day's replay",
    prepare: fillDay,
    start: (arm, { world }) => startReplay(arm, world),
  },
]

interface Sending extends Pick<NoiseOrder, 'requestsPerSecond' | 'points'> {
  readonly tenant: string
}

async function startSending(arm: Arm, { world, refuser }: Surroundings, { tenant, ...pace }: Sending): Promise<Noise> {
  const url = `${arm === 'beside' ? world.url('ingest-gateway') : refuser}/v1/metrics`
  const order: NoiseOrder = { url, key: world.keys[tenant] ?? '', ...pace }
  const child = startChild<NoiseResult>('noise', order, { background: true })
  await child.ready
  // The quiet tenant is measured in the noise, not at its beginning alone.
  await sleep(1000)
  return {
    async end() {
      child.end()
      const answers = Object.entries(await child.result)
      return answers.map(([status, count]) => `${count} x ${status === '0' ? 'no answer' : status}`).join(', ')
    },
  }
}
