import { afterEach, describe, expect, it } from '@jest/globals'
import { eventually } from '@pegel/testing'
import { ParkingWorld } from '../../test/support/parking-world.ts'
import type { WorldOptions } from '../../test/support/parking-world.ts'
import { PARKED_TOPIC } from './parked-record.ts'

describe('parking', () => {
  let world = new ParkingWorld()
  const open = (options: WorldOptions = {}): ParkingWorld => {
    world = new ParkingWorld(options)
    return world
  }
  afterEach(async () => {
    await world.close()
    expect(world.backend.problems).toEqual([])
  })

  it('puts a lane aside whose writes fail, lets the others flow, and commits', async () => {
    const { backend, group } = open()
    backend.refuses.set('acme', 'retry')
    await world.start()
    world.produce('acme', 3)
    world.produce('beta', 2)
    await eventually(() => expect(group.lag).toBe(0))
    expect(world.stored('beta')).toEqual([3, 4])
    expect(world.stored('acme')).toEqual([])
    expect(world.parked().lanes).toMatchObject([{ tenant: 'acme', records: 3, points: 6, reason: 'breaker_open' }])
    expect(world.outcomes()).toEqual({ parked: 3, delivered: 2 })
    // What comes later waits behind.
    world.produce('acme', 2)
    await eventually(() => expect(world.parked().lanes).toMatchObject([{ records: 5 }]))
    expect(world.stored('acme')).toEqual([])
  })

  it('drains it in order when the backend takes it again, and then writes directly', async () => {
    const { backend, group } = open()
    backend.refuses.set('acme', 'throw')
    await world.start()
    world.produce('acme', 10)
    await eventually(() => expect(world.parked().lanes).toMatchObject([{ records: 10 }]))
    backend.refuses.clear()
    world.produce('acme', 10)
    await eventually(() => expect(world.stored('acme')).toHaveLength(20))
    await eventually(() => expect(world.parked().lanes).toEqual([]))
    await eventually(() => expect(world.outcomes()).toEqual({ delivered: 20 }))
    const parked = group.log.records(PARKED_TOPIC).length
    world.produce('acme', 5)
    await eventually(() => expect(world.stored('acme')).toHaveLength(25))
    await eventually(() => expect(group.lag).toBe(0))
    expect(group.log.records(PARKED_TOPIC)).toHaveLength(parked)
  })

  it('parks a lane whose mailbox stays full, though its writes only hang', async () => {
    const { backend, group } = open({ limits: { laneBytes: 4_000, writeTimeoutMs: 60_000, parkAfterMs: 20 } })
    backend.refuses.set('acme', 'hang')
    await world.start()
    world.produce('acme', 20)
    world.produce('beta', 3)
    await eventually(() => expect(world.stored('beta')).toEqual([20, 21, 22]))
    await eventually(() => expect(group.lag).toBe(0))
    expect(world.parked().lanes).toMatchObject([{ records: 20, reason: 'lane_full' }])
    backend.refuses.clear()
  })

  it('parks nothing while the whole backend is down', async () => {
    const { backend, group } = open({ limits: { laneBytes: 4_000 } })
    await world.start()
    backend.up = false
    world.produce('acme', 20)
    world.produce('beta', 3)
    const { writes } = backend
    await eventually(() => expect(backend.writes).toBeGreaterThan(writes))
    await new Promise((resolve) => setTimeout(resolve, 60))
    expect(world.parked().lanes).toEqual([])
    expect(group.lag).toBe(23)
    backend.up = true
    await eventually(() => expect(group.lag).toBe(0))
    expect(world.parked().lanes).toEqual([])
  })

  it('parks replayed records as they are on the replay topic, whatever they replay', async () => {
    const { backend, group } = open({ replay: true })
    backend.refuses.set('acme', 'retry')
    await world.start()
    // A later span is replayed before an earlier one.
    for (const offset of [7, 8, 3, 4]) world.replay('acme', offset)
    world.replay('beta', 5)
    await eventually(() => expect(group.lag).toBe(0))
    expect(world.parked('prometheus.replay').lanes).toMatchObject([{ records: 4, topic: 'pegel.replay.v1' }])
    backend.refuses.clear()
    await eventually(() => expect(world.stored('acme')).toEqual([7, 8, 3, 4]))
    await eventually(() => expect(world.outcomes()).toEqual({ delivered: 5 }))
    expect([...world.rows().values()].map(({ replayId }) => replayId)).toEqual(Array(5).fill('r'))
    // The spans are not in order, as they were asked for.
    expect(backend.problems.splice(0)).toHaveLength(2)
  })
})
