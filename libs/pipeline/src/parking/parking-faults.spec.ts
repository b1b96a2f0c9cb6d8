import { describe, expect, it } from '@jest/globals'
import { eventually } from '@pegel/testing'
import type { FakeMember } from '../../test/support/fake-group.ts'
import { ParkingWorld } from '../../test/support/parking-world.ts'

const PARTITIONS = 2
const TENANTS = ['acme', 'beta'] as const
/** How far a record's offset in `ingest` is beyond that in `metrics`. */
const INGEST_AHEAD = 100
const STEPS = 30
const SEEDS = Number(process.env.PARKING_SEEDS ?? 6)

/** Numbers that look random and are the same for the same seed (mulberry32). */
function random(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0)

/** What goes wrong while records come. */
class Chaos {
  readonly world = new ParkingWorld({ partitions: PARTITIONS, limits: { deadLetterRun: 9 } })
  readonly log: string[] = []
  readonly #draw: (below: number) => number
  readonly #produced = new Map<string, number>()
  readonly #unaware: FakeMember[] = []

  constructor(seed: number) {
    this.#draw = random(seed)
  }

  async run(): Promise<void> {
    await this.world.start()
    for (let step = 0; step < STEPS; step += 1) {
      this.#produce()
      await this.#fault()
      await new Promise((resolve) => setTimeout(resolve, this.#draw(15)))
    }
  }

  /** Everything works again. */
  async mend(): Promise<void> {
    const { backend, group, running } = this.world
    backend.up = true
    backend.refuses.clear()
    group.log.loseAnswers = 0
    for (const member of this.#unaware.splice(0)) group.rejoin(member)
    if ([...running.keys()].every((member) => member.isDead)) await this.world.start()
  }

  /** As an operator does who sees a lane stopped. */
  resumeAll(): void {
    for (let partition = 0; partition < PARTITIONS; partition += 1)
      for (const { tenant, stop } of this.world.parked('prometheus', partition).lanes)
        if (stop !== null) this.world.resume(tenant, '', partition)
  }

  /** Every point has one outcome, and what is booked as delivered is stored. */
  expectAll(): void {
    const letters = this.world.letters()
    const booked = new Map<string, number>()
    for (const [place, { tenant, partition, offset, counts }] of this.world.rows()) {
      const lane = `${tenant}/${partition}`
      booked.set(lane, (booked.get(lane) ?? 0) + 1)
      const { delivered = 0, deadLettered = 0, ...others } = counts ?? {}
      expect([place, delivered + deadLettered, sum(Object.values(others))]).toEqual([place, 2, 0])
      if (delivered === 2)
        expect([place, this.world.stored(tenant, partition).includes(offset - INGEST_AHEAD)]).toEqual([place, true])
      if (deadLettered > 0)
        expect([place, letters.has(`${tenant}@${partition}/${offset - INGEST_AHEAD}`)]).toEqual([place, true])
    }
    for (const [lane, count] of this.#produced) expect([lane, booked.get(lane) ?? 0]).toEqual([lane, count])
  }

  #produce(): void {
    for (const tenant of TENANTS) {
      const [partition, count] = [this.#draw(PARTITIONS), this.#draw(6)]
      const lane = `${tenant}/${partition}`
      this.#produced.set(lane, (this.#produced.get(lane) ?? 0) + count)
      this.world.produce(tenant, count, partition)
    }
  }

  async #fault(): Promise<void> {
    const { backend, group, running } = this.world
    const tenant = this.#draw(2) === 0 ? TENANTS[0] : TENANTS[1]
    const living = [...running.keys()].filter((member) => !member.isDead && !this.#unaware.includes(member))
    const member = living[this.#draw(Math.max(1, living.length))]
    const fault = this.#draw(18)
    this.log.push(`${fault} ${tenant} of ${living.length}`)
    if (fault < 4) backend.refuses.set(tenant, (['retry', 'throw', 'hang', 'retry'] as const)[fault] ?? 'retry')
    if (fault === 14 || fault === 15) backend.refuses.set(tenant, fault === 14 ? 'reject' : 'partial')
    if (fault === 16) this.world.resume(tenant, '', this.#draw(PARTITIONS))
    if (fault === 17) this.world.resume(tenant, 'mapping_conflict', this.#draw(PARTITIONS))
    if (fault === 4 || fault === 5) backend.refuses.delete(tenant)
    if (fault === 6) backend.up = !backend.up
    if (fault === 7) group.log.loseAnswers = 1 + this.#draw(3)
    if (fault === 8 && living.length < 3) await this.world.start()
    if (fault === 9 && living.length > 1 && member !== undefined) member.kill()
    if (fault === 10 && living.length > 1 && member !== undefined) await this.world.stop(member)
    if (fault === 11) group.rebalance()
    if (fault === 12 && living.length > 1 && member !== undefined) {
      group.expel(member)
      this.#unaware.push(member)
    }
    const back = fault === 13 ? this.#unaware.shift() : undefined
    if (back !== undefined) group.rejoin(back)
  }
}

describe('parking under faults', () => {
  const seeds = Array.from({ length: SEEDS }, (_, index) => Number(process.env.PARKING_SEED ?? 1) + index)

  it.each(seeds)(
    'gives every point one outcome, and stores every lane in order (seed %i)',
    async (seed) => {
      const chaos = new Chaos(seed)
      const { world } = chaos
      try {
        await chaos.run()
        await chaos.mend()
        await eventually(() => {
          chaos.resumeAll()
          for (let partition = 0; partition < PARTITIONS; partition += 1)
            expect(world.parked('prometheus', partition).lanes).toEqual([])
          // Until then a lane may still be stopped.
          expect(world.group.lag).toBe(0)
          chaos.expectAll()
        })
        expect(world.backend.problems).toEqual([])
      } catch (error) {
        throw new Error(`seed ${seed}: ${chaos.log.join('; ')}`, { cause: error })
      } finally {
        await world.close()
      }
    },
    60_000,
  )
})
