import { availableParallelism, loadavg } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { remoteWriteDoor } from '../oracle/body.ts'
import { Client } from '../oracle/client.ts'
import { Issued } from '../oracle/issued.ts'
import { pointsOf } from '../oracle/shape.ts'
import type { Shape } from '../oracle/shape.ts'
import type { Rig } from '../rig/rig.ts'
import type { FaultTenant } from '../rig/tenants.ts'
import { BACKENDS } from '../rig/backends.ts'

const ONE: Shape = { metrics: ['fault_probe'], hosts: ['h0'], times: 1, stepMs: 1 }

/** Sends one fresh point and resolves with how long it took until every backend had it, ms. */
export class Probe {
  readonly issued: Issued[] = []
  readonly run: string
  readonly #rig: Rig
  readonly #tenant: FaultTenant
  readonly #ordinal: () => number
  /** Of the last point: what was done after how long, ms. */
  #steps: readonly (readonly [step: string, ms: number])[] = []

  constructor(
    rig: Rig,
    options: { readonly run: string; readonly tenant: FaultTenant; readonly ordinal: () => number },
  ) {
    this.#rig = rig
    this.run = `${options.run}_probe`
    this.#tenant = options.tenant
    this.#ordinal = options.ordinal
  }

  /** What the last point waited for, and how busy the machine was meanwhile. */
  get story(): string {
    const steps = this.#steps.map(([step, ms]) => `${step} ${(ms / 1000).toFixed(1)} s`)
    return `${steps.join(', ')}; load ${loadavg()[0]?.toFixed(1) ?? '?'} on ${availableParallelism()} cores`
  }

  /** @throws when it is not there in time, with where it was missing */
  async through(deadlineMs: number): Promise<number> {
    const startedMs = performance.now()
    const { tenant, key } = this.#tenant
    const issued = new Issued(tenant, this.#ordinal(), ONE)
    this.issued.push(issued)
    const run = `${this.run}_${this.issued.length}`
    const client = new Client({
      ...{ issued, key, doors: [remoteWriteDoor(ONE, run)], gateways: () => this.#rig.gateways() },
      ...{ connections: 1, everyMs: 0, requests: 1 },
    })
    client.start()
    const steps: [string, number][] = []
    this.#steps = steps
    const done = (step: string): unknown => steps.push([step, performance.now() - startedMs])
    void client.finished().then(() => done('acknowledged'))
    const waiting = new Set<string>(BACKENDS)
    while (waiting.size > 0) {
      if (performance.now() - startedMs > deadlineMs) {
        await client.stop(0)
        throw new Error(`a fresh point is not in ${[...waiting].join(', ')} after ${deadlineMs} ms`)
      }
      await sleep(50)
      await Promise.all(
        [...waiting].map(async (name) => {
          const { reader } = this.#rig.backends.sites[name as (typeof BACKENDS)[number]]
          const selection = { run, metrics: ONE.metrics, fromMs: Date.now() - 600_000, toMs: Date.now() + 60_000 }
          const found = await reader.sums(selection).catch(() => [])
          if (found.some(({ count }) => count === pointsOf(ONE)) && waiting.delete(name)) done(name)
        }),
      )
    }
    await client.stop(1000)
    return performance.now() - startedMs
  }
}
