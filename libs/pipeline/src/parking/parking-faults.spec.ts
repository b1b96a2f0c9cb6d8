import { describe, expect, it } from '@jest/globals'
import { eventually } from '@pegel/testing'
import type { FakeMember } from '../../test/support/fake-group.ts'
import { ParkingWorld } from '../../test/support/parking-world.ts'

const PARTITIONS = 2
const TENANTS = ['acme', 'beta'] as const
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

/** What goes wrong while records come. */
class Chaos {
  readonly world = new ParkingWorld({ partitions: PARTITIONS })
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

  expectAll(): void {
    for (const [lane, count] of this.#produced) {
      const [tenant = '', partition = ''] = lane.split('/')
      expect([lane, this.world.stored(tenant, Number(partition)).length]).toEqual([lane, count])
    }
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
    const fault = this.#draw(14)
    this.log.push(`${fault} ${tenant} of ${living.length}`)
    if (fault < 4) backend.refuses.set(tenant, (['retry', 'throw', 'hang', 'retry'] as const)[fault] ?? 'retry')
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
    'loses nothing, and stores every lane in order (seed %i)',
    async (seed) => {
      const chaos = new Chaos(seed)
      const { world } = chaos
      try {
        await chaos.run()
        await chaos.mend()
        await eventually(() => chaos.expectAll())
        await eventually(() => expect(world.group.lag).toBe(0))
        for (let partition = 0; partition < PARTITIONS; partition += 1)
          await eventually(() => expect(world.parked('prometheus', partition).lanes).toEqual([]))
        expect(world.backend.problems).toEqual([])
        await eventually(() => expect(Object.keys(world.outcomes())).toEqual(['delivered']))
      } catch (error) {
        throw new Error(`seed ${seed}: ${chaos.log.join('; ')}`, { cause: error })
      } finally {
        await world.close()
      }
    },
    60_000,
  )
})
