import { afterEach, describe, expect, it } from '@jest/globals'
import { eventually } from '@pegel/testing'
import { FETCH } from '../test/support/fake-group.ts'
import { ParkingWorld } from '../test/support/parking-world.ts'
import { metricsRecord } from '../test/sink-fixtures.ts'
import { sizeOf } from './lane-item.ts'

const PARTITIONS = 3
const RECORDS = 20
const TENANTS = Array.from({ length: 24 }, (_, n) => `t${n}`)
const ALL = TENANTS.length * RECORDS
const RECORD_BYTES = sizeOf(metricsRecord({ tenant: 't10' }))
/** Of all that comes: a tenth. */
const TOTAL_BYTES = RECORD_BYTES * (ALL / 10)
/** What was fetched in the turn that filled it is held, too. */
const MOST_BYTES = TOTAL_BYTES + PARTITIONS * FETCH * RECORD_BYTES

describe('a backlog of many tenants', () => {
  const world = new ParkingWorld({
    ...{ partitions: PARTITIONS, tenants: TENANTS },
    limits: { totalBytes: TOTAL_BYTES, laneBytes: TOTAL_BYTES / 4 },
  })
  let peakBytes = 0
  afterEach(() => world.close())

  async function show(name: string): Promise<number> {
    const values = (await world.metrics.expose()).matchAll(new RegExp(`^${name}\\{.*\\} (\\d+)$`, 'gm'))
    return [...values].reduce((sum, [, value]) => sum + Number(value), 0)
  }

  /** Tries until this holds, and notes what is held in memory meanwhile. */
  const watch = (probe: () => unknown): Promise<void> =>
    eventually(
      async () => {
        peakBytes = Math.max(peakBytes, await show('pegel_sink_lane_bytes'))
        await probe()
      },
      { deadlineMs: 30_000, everyMs: 1 },
    )

  function produce(): void {
    for (const [index, tenant] of TENANTS.entries()) world.produce(tenant, RECORDS, index % PARTITIONS)
  }

  it('stays in Kafka: what is held has a bound, whether the backend is down or refuses every tenant', async () => {
    const { backend, group } = world
    backend.up = false
    produce()
    const member = await world.start()
    await watch(async () => expect(await show('pegel_sink_paused_partitions')).toBe(PARTITIONS))
    const [{ fetched }, fetches] = [member, member.fetches]
    await watch(() => expect(member.fetches).toBeGreaterThan(fetches + 50))
    // However often it might have fetched more, and however much there is: what grows is the lag.
    expect(member.fetched).toBe(fetched)
    expect(fetched * RECORD_BYTES).toBeLessThanOrEqual(MOST_BYTES)
    expect(group.lag).toBe(ALL)

    backend.up = true
    for (const tenant of TENANTS) backend.refuses.set(tenant, 'retry')
    await watch(() => expect(group.lag).toBe(0))
    const waiting = [0, 1, 2].flatMap((partition) => world.parked('prometheus', partition).lanes)
    expect(waiting.reduce((sum, { records }) => sum + records, 0)).toBe(ALL)

    backend.refuses.clear()
    await watch(() => expect(world.outcomes()).toEqual({ delivered: ALL }))
    expect(backend.problems).toEqual([])
    expect(peakBytes).toBeGreaterThan(0)
    expect(peakBytes).toBeLessThanOrEqual(MOST_BYTES)
  }, 60_000)
})
