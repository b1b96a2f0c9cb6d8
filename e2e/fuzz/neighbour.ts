import { setTimeout as sleep } from 'node:timers/promises'
import { parseSeriesBlock, readBatch } from '@pegel/contracts'
import { gauges } from '../../apps/ingest-gateway/test/support/requests.ts'
import { call } from './http-call.ts'
import { QUIET } from './world.ts'
import type { World } from './world.ts'

const EVERY_MS = 200
const NAME = 'neighbour'

/** A tenant that sends one numbered point after another, as anybody may, and remembers what was acknowledged. */
export class Neighbour {
  readonly #world: World
  readonly acknowledged = new Set<number>()
  /** Each with what it was told. */
  readonly refused: string[] = []
  #running: Promise<void> | undefined
  #stopping = false
  #next = 0

  constructor(world: World) {
    this.#world = world
  }

  start(): void {
    this.#running = this.#run()
  }

  async stop(): Promise<void> {
    this.#stopping = true
    await this.#running
  }

  /** Sends one point now; true when it was acknowledged. */
  async send(): Promise<boolean> {
    const value = this.#next++
    const { keys, ports } = this.#world
    const headers = { authorization: `Bearer ${keys[QUIET]}`, 'content-type': 'application/json' }
    const body = Buffer.from(JSON.stringify(gauges([{ name: NAME, value }])))
    try {
      const { status, text } = await call({ port: ports.http, path: '/v1/metrics', headers, body })
      if (status === 200) this.acknowledged.add(value)
      else this.refused.push(`${status} ${text.slice(0, 200)}`)
      return status === 200
    } catch (error) {
      this.refused.push(error instanceof Error ? error.message : String(error))
      return false
    }
  }

  /** Numbers of those that were acknowledged and are not in `metrics`. */
  async missing(): Promise<readonly number[]> {
    const missing = new Set(this.acknowledged)
    const reader = await this.#world.kafka.readAll('pegel.metrics.v1', ({ value }) => {
      for (const found of valuesOf(value)) missing.delete(found)
    })
    await reader.caughtUp
    await reader.close()
    return [...missing]
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      await this.send()
      await sleep(EVERY_MS)
    }
  }
}

/** Of the neighbour's points in a record; of a record that cannot be read there are none. */
function valuesOf(value: Buffer | null): readonly number[] {
  try {
    const { envelope, points } = readBatch(value ?? Buffer.alloc(0))
    if (envelope.tenant !== QUIET) return []
    const mine = points.series.filter(({ block }) => parseSeriesBlock(block).name === NAME)
    return mine.flatMap(({ first, count }) => [...points.columns.value.subarray(first, first + count)])
  } catch {
    return []
  }
}
