import { setTimeout as sleep } from 'node:timers/promises'
import { gauges } from '../../apps/ingest-gateway/test/support/requests.ts'
import { storedOf } from '../stored.ts'
import { call } from './http-call.ts'
import { QUIET } from './world.ts'
import type { World } from './world.ts'

const EVERY_MS = 200

/** A tenant that sends one numbered point after another, as anybody may, and remembers what was acknowledged. */
export class Neighbour {
  readonly #world: World
  readonly acknowledged = new Set<number>()
  /** Each with what it was told. */
  readonly refused: string[] = []
  #running: Promise<void> | undefined
  #stopping = false
  #next = 0
  readonly #sinceMs = Date.now()
  /** Backends may be shared with other runs. */
  readonly #name: string

  constructor(world: World) {
    this.#world = world
    this.#name = `neighbour_${world.id}`
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
    const body = Buffer.from(JSON.stringify(gauges([{ name: this.#name, value }])))
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

  /** What is wrong with what the backends hold: acknowledged points that one lacks, or has twice. */
  async problems(): Promise<readonly string[]> {
    const tenants = [{ tenant: QUIET, key: '' }]
    const stored = await storedOf({ env: this.#world.env, sinceMs: this.#sinceMs }, tenants)
    return Object.entries(stored).flatMap(([backend, cells]) => {
      const values = cells.filter(({ series }) => series.includes(this.#name)).map(({ value }) => value)
      const there = new Set(values)
      const missing = [...this.acknowledged].filter((value) => !there.has(value))
      const lacking = missing.length === 0 ? [] : [`${backend} lacks ${missing.length}, the first ${missing[0]}`]
      const doubled = values.length - there.size
      return doubled === 0 ? lacking : [...lacking, `${backend} has ${doubled} twice`]
    })
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      await this.send()
      await sleep(EVERY_MS)
    }
  }
}
