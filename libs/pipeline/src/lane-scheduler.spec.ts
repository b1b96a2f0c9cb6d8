import { describe, expect, it } from '@jest/globals'
import { LaneScheduler } from './lane-scheduler.ts'
import type { Steps } from './lane-scheduler.ts'

/** A lane that stays in its step until it is let go. */
class HeldLane implements Steps {
  readonly name: string
  probing = false
  readonly #log: string[]
  #go: () => void = () => undefined

  constructor(name: string, log: string[]) {
    this.name = name
    this.#log = log
  }

  step(): Promise<void> {
    this.#log.push(this.name)
    return new Promise((resolve) => (this.#go = resolve))
  }

  async finish(): Promise<void> {
    this.#go()
    await new Promise(setImmediate)
  }
}

function lanes(...names: string[]): { log: string[]; all: HeldLane[] } {
  const log: string[] = []
  return { log, all: names.map((name) => new HeldLane(name, log)) }
}

describe('LaneScheduler', () => {
  it('runs no more lanes at a time than it may', async () => {
    const scheduler = new LaneScheduler(2)
    const { log, all } = lanes('a', 'b', 'c')
    for (const lane of all) scheduler.add(lane)
    expect(log).toEqual([])
    await new Promise(setImmediate)
    expect(log).toEqual(['a', 'b'])
    expect(scheduler.active).toBe(2)
    await all[1]?.finish()
    expect(log).toEqual(['a', 'b', 'c'])
  })

  it('gives every lane its turn before one has a second', async () => {
    const scheduler = new LaneScheduler(1)
    const { log, all } = lanes('busy', 'quiet')
    const [busy, quiet] = all as [HeldLane, HeldLane]
    scheduler.add(busy)
    scheduler.add(quiet)
    scheduler.add(busy)
    await new Promise(setImmediate)
    await busy.finish()
    await quiet.finish()
    expect(log).toEqual(['busy', 'quiet', 'busy'])
  })

  it('starts nothing while anything holds it, and goes on when nothing does', async () => {
    const scheduler = new LaneScheduler(2)
    const { log, all } = lanes('a')
    scheduler.hold('backend')
    scheduler.hold('assigning')
    for (const lane of all) scheduler.add(lane)
    await new Promise(setImmediate)
    scheduler.release('backend')
    expect(log).toEqual([])
    scheduler.release('assigning')
    expect(log).toEqual(['a'])
  })

  it('says when nothing is under way', async () => {
    const scheduler = new LaneScheduler(2)
    await scheduler.idle()
    const { all } = lanes('a', 'b')
    for (const lane of all) scheduler.add(lane)
    await new Promise(setImmediate)
    let idle = false
    const waiting = scheduler.idle().then(() => (idle = true))
    await all[0]?.finish()
    expect(idle).toBe(false)
    await all[1]?.finish()
    await waiting
    expect(idle).toBe(true)
  })

  it('leaves half of its turns to lanes that do not probe', async () => {
    const scheduler = new LaneScheduler(4)
    const { log, all } = lanes('probe 1', 'probe 2', 'probe 3', 'a', 'b')
    for (const lane of all) {
      lane.probing = lane.name.startsWith('probe')
      scheduler.add(lane)
    }
    await new Promise(setImmediate)
    expect(log).toEqual(['probe 1', 'probe 2', 'a', 'b'])
    await all[3]?.finish()
    expect(log).toHaveLength(4)
    await all[0]?.finish()
    expect(log.at(-1)).toBe('probe 3')
  })

  it('lets a probe through though it may run only one lane', async () => {
    const scheduler = new LaneScheduler(1)
    const { log, all } = lanes('probe')
    for (const lane of all) {
      lane.probing = true
      scheduler.add(lane)
    }
    await new Promise(setImmediate)
    expect(log).toEqual(['probe'])
  })
})
