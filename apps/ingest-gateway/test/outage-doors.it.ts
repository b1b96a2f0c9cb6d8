import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { eventually } from '@pegel/testing'
import { startComponent } from '../../../tools/stack/index.ts'
import type { KafkaComponent } from '../../../tools/stack/index.ts'
import { DOORS } from './support/doors.ts'
import type { DoorAnswer } from './support/doors.ts'
import { RunningGateway } from './support/running-gateway.ts'

const MAX_BYTES = 2 * 1024 * 1024
/** What a client makes of a status. */
const MEANINGS = new Map<number | string, string>([
  ...[200, 204, 'OK'].map((status) => [status, 'taken'] as const),
  ...[503, 'UNAVAILABLE'].map((status) => [status, 'try again'] as const),
])
const NAMES = Object.keys(DOORS)
const TAKEN = NAMES.map((name) => `${name}: taken`)
const TRY_AGAIN = NAMES.map((name) => `${name}: try again after 1 s`)

let kafka: KafkaComponent
let gateway: RunningGateway
beforeAll(async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'pegel-gateway-doors-'))
  kafka = await startComponent('kafka', { dataDir, local: true, heapMb: 384 })
})
afterAll(() => kafka.stop())
beforeEach(async () => {
  const env = { PEGEL_PRODUCE_DEADLINE_MS: '1500', PEGEL_MAX_PRODUCE_BYTES_IN_FLIGHT: `${MAX_BYTES}` }
  gateway = await RunningGateway.start([kafka.url], { env })
})
afterEach(() => gateway.close())

function meaningOf({ status, retryAfterS }: DoorAnswer): string {
  const meaning = MEANINGS.get(status) ?? `status ${status}`
  return retryAfterS === undefined ? meaning : `${meaning} after ${retryAfterS} s`
}

/** What every door makes of one point or log record. */
function askAll(value: string): Promise<readonly string[]> {
  const asking = Object.entries(DOORS).map(
    async ([name, door]) => `${name}: ${meaningOf(await door.send(gateway, [value]))}`,
  )
  return Promise.all(asking)
}

async function bytesInFlight(): Promise<number> {
  return Number(/^pegel_kafka_bytes_in_flight\{.*\} (\d+)$/m.exec(await gateway.metrics())?.[1])
}

describe('a gateway whose Kafka goes away', () => {
  it('says so at every door, holds no more than it may, and takes everything again when it is back', async () => {
    expect(await askAll('before')).toEqual(TAKEN)
    await kafka.brokers[0]?.kill()
    expect(await askAll('away')).toEqual(TRY_AGAIN)
    const many = Array.from({ length: 1000 }, (_, value) => `${value}`.padStart(200, '0'))
    const flood = Promise.all(Array.from({ length: 40 }, async () => DOORS['OTLP/HTTP, protobuf']?.send(gateway, many)))
    await eventually(async () => expect(await bytesInFlight()).toBeGreaterThan(MAX_BYTES / 2), { everyMs: 1 })
    expect(await bytesInFlight()).toBeLessThanOrEqual(MAX_BYTES)
    const refused = (await flood).map((answer) => (answer === undefined ? '' : meaningOf(answer)))
    expect(new Set(refused)).toEqual(new Set(['try again after 1 s']))
    await kafka.brokers[0]?.restart()
    await eventually(async () => expect(await askAll('after')).toEqual(TAKEN), { deadlineMs: 30_000 })
  })

  it('stops within its deadline all the same, and leaves no request without an answer', async () => {
    await kafka.brokers[0]?.kill()
    const answers = askAll('stopping')
    await eventually(async () => expect(await bytesInFlight()).toBeGreaterThan(0))
    const started = performance.now()
    expect(await gateway.terminate()).toBe(0)
    expect(performance.now() - started).toBeLessThan(10_000)
    expect(await answers).toEqual(TRY_AGAIN)
    await kafka.brokers[0]?.restart()
  })
})
