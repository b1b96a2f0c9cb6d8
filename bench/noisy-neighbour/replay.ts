import { setTimeout as sleep } from 'node:timers/promises'
import { Pool } from 'undici'
import { OtlpBody } from '../load/otlp-body.ts'
import type { PegelWorld } from '../support/pegel-world.ts'
import type { Noise } from './scenarios.ts'
import type { Arm } from './rounds.ts'

export const REPLAYED = 'replayed'
/** Of 100 series, one point every ten seconds: so many requests, and records, make a day. */
const SERIES = 100
const DAY_REQUESTS = 8640
const DRAIN_MS = 120_000

/** Gives the tenant its day, all of it stored, one request after the other, so that each becomes a record; a replay goes by the time of receipt, so it need not take a day. */
export async function fillDay(world: PegelWorld): Promise<void> {
  const pool = new Pool(world.url('ingest-gateway'), { connections: 1, pipelining: 1 })
  const headers = { authorization: `Bearer ${world.keys[REPLAYED] ?? ''}`, 'content-type': 'application/x-protobuf' }
  const body = new OtlpBody({ points: SERIES, perMetric: 20, client: 0 })
  for (let request = 0; request < DAY_REQUESTS; request += 1) {
    body.renew(Date.now())
    const answer = await pool.request({ path: '/v1/metrics', method: 'POST', headers, body: Buffer.from(body.bytes) })
    await answer.body.dump()
    if (answer.statusCode !== 200) throw new Error(`the day was refused with ${answer.statusCode}`)
  }
  await pool.close()
  await drained(world, 'enricher', 'pegel.ingest.v1')
  await drained(world, 'sink-prometheus', 'pegel.metrics.v1')
}

/** Replays the day for as long as it is let: to Prometheus beside the quiet tenant, else to a sink that nobody runs. */
export async function startReplay(arm: Arm, world: PegelWorld): Promise<Noise> {
  const sink = arm === 'beside' ? 'prometheus' : 'influxdb'
  const before = await sentSoFar(world)
  const end = world.startPegel(
    'replay',
    '--tenant',
    REPLAYED,
    '--from',
    '1d',
    '--sink',
    sink,
    '--rate',
    '10000',
    '--wait',
    '0',
  )
  const deadline = performance.now() + DRAIN_MS
  while ((await sentSoFar(world)) === before && performance.now() < deadline) await sleep(50)
  return {
    async end() {
      await end()
      const sent = (await sentSoFar(world)) - before
      await drained(world, 'sink-prometheus.replay', 'pegel.replay.v1')
      return `${sent} records replayed to ${sink}`
    },
  }
}

async function sentSoFar(world: PegelWorld): Promise<number> {
  return (await world.kafka.offsets('pegel.replay.v1')).reduce((sum, { latest }) => sum + latest, 0)
}

async function drained(world: PegelWorld, group: string, topic: string): Promise<void> {
  const deadline = performance.now() + DRAIN_MS
  while ((await world.lag(group, topic)) > 0) {
    if (performance.now() > deadline) throw new Error(`${group} has not caught up within ${DRAIN_MS / 1000} s`)
    await sleep(100)
  }
}
