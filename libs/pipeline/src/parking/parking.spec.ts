import { afterEach, describe, expect, it } from '@jest/globals'
import { decodeRecord } from '@pegel/contracts'
import type { OutgoingRecord } from '@pegel/kafka'
import { eventually } from '@pegel/testing'
import { ParkingWorld } from '../../test/support/parking-world.ts'
import type { WorldOptions } from '../../test/support/parking-world.ts'
import { PARKED_TOPIC } from './parked-record.ts'

/** Among all that is written to Kafka. */
function isDrained(record: OutgoingRecord | undefined): boolean {
  if (record?.topic !== PARKED_TOPIC || record.value === null) return false
  return decodeRecord('Parked', record.value).kind === 'drained'
}

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

  it('parks a lane anew behind the word that an older copy of it, which came twice, is drained', async () => {
    const { backend, group } = open()
    backend.refuses.set('acme', 'throw')
    await world.start()
    world.produce('acme', 2)
    await eventually(() => expect(world.parked().lanes).toMatchObject([{ records: 2 }]))
    const copy = group.log.records(PARKED_TOPIC).at(-1)
    backend.refuses.clear()
    await eventually(() => expect(world.outcomes()).toEqual({ delivered: 2 }))
    await eventually(() => expect(world.parked().lanes).toEqual([]))
    const slowly = new Promise<void>((resolve) => setTimeout(resolve, 60))
    group.log.beforeAppend = ([record]) => (isDrained(record) ? slowly : undefined)
    group.log.append({ topic: PARKED_TOPIC, partition: 0, key: 'acme', value: copy?.value ?? null })
    backend.refuses.set('acme', 'throw')
    world.produce('acme', 3)
    await eventually(() => expect(world.parked().lanes).toMatchObject([{ records: 3, points: 6 }]))
    backend.refuses.clear()
    await eventually(() => expect(world.outcomes()).toEqual({ delivered: 5 }))
    await eventually(() => expect(world.parked().lanes).toEqual([]))
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

  it('holds nobody up for a parked lane whose drain hangs, however long a lane may be full', async () => {
    const { backend, group } = open({ limits: { laneBytes: 4_000, writeTimeoutMs: 60_000, parkAfterMs: 20 } })
    backend.refuses.set('acme', 'hang')
    const first = await world.start()
    world.produce('acme', 5)
    await eventually(() => expect(world.parked().lanes).toMatchObject([{ reason: 'lane_full' }]))
    await eventually(() => expect(group.lag).toBe(0))
    first.kill()
    await world.start({ parkAfterMs: 600_000 })
    for (let n = 0; n < 10; n += 1) {
      world.produce('acme', 5)
      world.produce('beta', 1)
      await eventually(() => expect(world.stored('beta')).toHaveLength(n + 1))
    }
    backend.refuses.clear()
  })

  it('parks nothing while the whole backend is down', async () => {
    const { backend, group } = open({ limits: { laneBytes: 4_000 } })
    await world.start()
    backend.up = false
    world.produce('acme', 20)
    world.produce('beta', 3)
    // Many times as long as a lane may be full, or its breaker open.
    await eventually(() => expect(backend.checks).toBeGreaterThan(100))
    expect(world.parked().lanes).toEqual([])
    expect(group.lag).toBe(23)
    backend.up = true
    await eventually(() => expect(world.outcomes()).toEqual({ delivered: 23 }))
  })

  it('may store after a crash what was refused before, since another lane had kept it from being committed', async () => {
    const { backend, group } = open({ limits: { writeTimeoutMs: 60_000 } })
    const first = await world.start()
    backend.refuses.set('acme', 'hang')
    backend.refuses.set('beta', 'reject')
    world.produce('acme', 1)
    world.produce('beta', 2)
    await eventually(() => expect(world.letters().size).toBe(2))
    backend.refuses.delete('beta')
    world.produce('beta', 1)
    await eventually(() => expect(world.stored('beta')).toEqual([3]))
    first.kill()
    backend.refuses.clear()
    await world.start()
    await eventually(() => expect(world.outcomes()).toEqual({ delivered: 4 }))
    expect(world.stored('beta')).toEqual([3, 1, 2])
    await eventually(() => expect(group.lag).toBe(0))
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

  it('books as expired what retention is about to remove, and goes on with what is younger', async () => {
    const { backend, group } = open({ limits: { parkedRetentionMs: 400 } })
    const shift = { ms: -10_000 }
    group.log.nowMs = () => Date.now() + shift.ms
    backend.refuses.set('acme', 'retry')
    await world.start()
    world.produce('acme', 5)
    await eventually(() => expect(world.outcomes()).toEqual({ expired: 5 }))
    expect(world.stored('acme')).toEqual([])
    shift.ms = 3_600_000
    world.produce('acme', 3)
    await eventually(() => expect(world.outcomes()).toEqual({ expired: 5, parked: 3 }))
    backend.refuses.clear()
    await eventually(() => expect(world.outcomes()).toEqual({ expired: 5, delivered: 3 }))
    await eventually(() => expect(world.parked().lanes).toEqual([]))
  })

  it('keeps a lane stopped whose records have all expired', async () => {
    const { backend, group } = open({ limits: { parkedRetentionMs: 400, deadLetterRun: 2 } })
    group.log.nowMs = () => Date.now() - 10_000
    backend.refuses.set('acme', 'reject')
    const first = await world.start()
    world.produce('acme', 5)
    await eventually(() => expect(world.outcomes()).toEqual({ expired: 5 }))
    await eventually(() => expect(world.parked().lanes).toMatchObject([{ records: 0, stop: {} }]))
    backend.refuses.clear()
    await world.stop(first)
    group.log.nowMs = () => Date.now() + 3_600_000
    await world.start()
    world.produce('acme', 2)
    await eventually(() => expect(world.parked().lanes).toMatchObject([{ records: 2, stop: {} }]))
    world.resume('acme')
    await eventually(() => expect(world.stored('acme')).toEqual([5, 6]))
    await eventually(() => expect(world.parked().lanes).toEqual([]))
  })

  describe('a lane of which too much would become dead letters', () => {
    const limits = { deadLetterRun: 10, recordsPerWrite: 2 }
    const letters = (): number => world.group.log.records('pegel.dead-letters.v1').length

    it('is stopped: what is at hand and all behind it is parked, until it is resumed', async () => {
      const { backend, group } = open({ limits })
      backend.refuses.set('acme', 'reject')
      await world.start()
      // Two points each: the fifth record makes ten in a row.
      world.produce('acme', 12)
      world.produce('beta', 2)
      await eventually(() => expect(group.lag).toBe(0))
      expect(world.outcomes()).toEqual({ deadLettered: 4, parked: 8, delivered: 2 })
      expect(letters()).toBe(4)
      expect(world.parked().lanes).toMatchObject([
        { records: 8, firstOffset: 4, reason: 'dead_letter_rule', stop: { detail: 'mapping_conflict' } },
      ])
      // However well its backend is.
      backend.refuses.clear()
      world.produce('acme', 2)
      await eventually(() => expect(world.parked().lanes).toMatchObject([{ records: 10 }]))
      expect(world.stored('acme')).toEqual([])
      world.resume('acme')
      await eventually(() => expect(world.stored('acme')).toHaveLength(10))
      await eventually(() => expect(world.outcomes()).toEqual({ deadLettered: 4, delivered: 12 }))
      await eventually(() => expect(world.parked().lanes).toEqual([]))
    })

    it('is stopped again when it is resumed and nothing was mended', async () => {
      const { backend } = open({ limits })
      backend.refuses.set('acme', 'reject')
      await world.start()
      world.produce('acme', 12)
      await eventually(() => expect(world.parked().lanes).toMatchObject([{ records: 8 }]))
      world.resume('acme')
      await eventually(() => expect(world.parked().lanes).toMatchObject([{ records: 4, stop: {} }]))
      expect(letters()).toBe(8)
    })

    it('drains with dead letters of the reason that an operator accepts, and counts anew afterwards', async () => {
      const { backend } = open({ limits })
      backend.refuses.set('acme', 'reject')
      await world.start()
      world.produce('acme', 40)
      await eventually(() => expect(world.parked().lanes).toMatchObject([{ records: 36, stop: {} }]))
      world.resume('acme', 'mapping_conflict')
      await eventually(() => expect(world.parked().lanes).toEqual([]))
      await eventually(() => expect(world.outcomes()).toEqual({ deadLettered: 40 }))
      world.produce('acme', 12)
      await eventually(() => expect(world.parked().lanes).toMatchObject([{ records: 8, stop: {} }]))
    })

    it('stays stopped over a crash, and stops in another process when it was resumed in this one', async () => {
      const { backend, group } = open({ limits })
      backend.refuses.set('acme', 'reject')
      const first = await world.start()
      world.produce('acme', 12)
      await eventually(() => expect(group.lag).toBe(0))
      first.kill()
      const second = await world.start()
      backend.refuses.clear()
      world.produce('acme', 1)
      await eventually(() => expect(world.parked().lanes).toMatchObject([{ records: 9, stop: {} }]))
      second.kill()
      // Nobody is there to hear it.
      world.resume('acme')
      await world.start()
      await eventually(() => expect(world.stored('acme')).toHaveLength(9))
      await eventually(() => expect(world.parked().lanes).toEqual([]))
    })

    it('is stopped while it drains, too', async () => {
      const { backend, group } = open({ limits })
      backend.refuses.set('acme', 'throw')
      await world.start()
      world.produce('acme', 12)
      await eventually(() => expect(group.lag).toBe(0))
      backend.refuses.set('acme', 'reject')
      await eventually(() => expect(world.parked().lanes).toMatchObject([{ records: 8, stop: {} }]))
      expect(letters()).toBe(4)
      backend.refuses.clear()
      world.resume('acme')
      await eventually(() => expect(world.outcomes()).toEqual({ deadLettered: 4, delivered: 8 }))
    })

    it('is stopped by records that are refused whole', async () => {
      const { group } = open({ limits })
      await world.start()
      world.produce('acme', 2)
      for (let n = 0; n < 15; n += 1) group.log.append({ topic: 'pegel.metrics.v1', key: 'acme', value: Buffer.of(n) })
      await eventually(() => expect(group.lag).toBe(0))
      expect(letters()).toBe(9)
      expect(world.parked().lanes).toMatchObject([{ records: 6, stop: { detail: 'decode_failed' } }])
      expect(world.stored('acme')).toEqual([0, 1])
      world.resume('acme', 'decode_failed')
      await eventually(() => expect(letters()).toBe(15))
      await eventually(() => expect(world.parked().lanes).toEqual([]))
    })
  })
})
