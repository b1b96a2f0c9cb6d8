import { setTimeout as sleep } from 'node:timers/promises'
import { Pool } from 'undici'
import type { Child } from '../support/child.ts'
import type { Backend, Newest } from './newest.ts'
import { newestIn, PROBE_METRIC } from './newest.ts'

export interface ProbeOrder {
  /** Of the gateway's OTLP/HTTP door. */
  readonly url: string
  readonly key: string
  readonly tenant: string
  readonly backend: Backend
  readonly everyMs: number
  readonly forMs: number
  /** The value of the first probe; those of later rounds are greater. */
  readonly first: number
}

export interface ProbeResult {
  /** From the request to its answer, ms. */
  readonly ingestMs: readonly number[]
  /** From the request until its point answers a query, ms. */
  readonly freshMs: readonly number[]
  /** Requests that were refused, which must be none. */
  readonly refused: number
}

/** Before it counts: with fewer, the probe itself is still being compiled while it measures. */
const WARM_UP_POINTS = 80
const POLL_MS = 5
const DRAIN_MS = 60_000

/**
 * A quiet tenant: a point every so often, whether or not the one before has been answered, so that waiting is not hidden. The value of each
 * point is its number: the greatest that a query finds tells which of them are readable.
 */
export async function probe(order: ProbeOrder, child: Child): Promise<ProbeResult> {
  const prober = new Prober(order)
  await prober.warmUp()
  child.ready()
  return prober.run()
}

class Prober {
  readonly #order: ProbeOrder
  readonly #gateway: Pool
  readonly #newest: Newest
  readonly #ingestMs: number[] = []
  readonly #freshMs: number[] = []
  /** When each probe that is not readable yet was sent. */
  readonly #waiting = new Map<number, number>()
  #refused = 0
  #isOver = false

  constructor(order: ProbeOrder) {
    this.#order = order
    this.#gateway = new Pool(new URL(order.url).origin, { connections: 32, pipelining: 1 })
    this.#newest = newestIn(order.backend, order.tenant)
  }

  /** Connections are open and caches warm when it counts. */
  async warmUp(): Promise<void> {
    const { first } = this.#order
    for (let value = first; value < first + WARM_UP_POINTS; value += 1) await this.#send(value)
    const deadline = performance.now() + DRAIN_MS
    while ((await this.#newest.ask()) < first + WARM_UP_POINTS - 1 && performance.now() < deadline) await sleep(POLL_MS)
    this.#ingestMs.length = 0
    this.#waiting.clear()
  }

  async run(): Promise<ProbeResult> {
    const polling = this.#poll()
    const { everyMs, forMs, first } = this.#order
    const startedMs = performance.now()
    const sending: Promise<void>[] = []
    for (let index = 0; index * everyMs < forMs; index += 1) {
      await sleep(Math.max(0, startedMs + index * everyMs - performance.now()))
      sending.push(this.#send(first + WARM_UP_POINTS + index))
    }
    await Promise.all(sending)
    this.#isOver = true
    await polling
    await Promise.all([this.#gateway.close(), this.#newest.close()])
    return { ingestMs: this.#ingestMs, freshMs: this.#freshMs, refused: this.#refused }
  }

  async #send(value: number): Promise<void> {
    const { url, key } = this.#order
    const sentMs = performance.now()
    this.#waiting.set(value, sentMs)
    const { statusCode, body } = await this.#gateway.request({
      path: new URL(url).pathname,
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: bodyOf(value),
    })
    await body.dump()
    this.#ingestMs.push(performance.now() - sentMs)
    if (statusCode !== 200) {
      this.#refused += 1
      this.#waiting.delete(value)
    }
  }

  /** Asks only while something is waited for: queries without end were most of what the machine did in a round. */
  async #poll(): Promise<void> {
    let deadline = Infinity
    while (!this.#isOver || this.#waiting.size > 0) {
      if (this.#waiting.size === 0) {
        await sleep(1)
        continue
      }
      const found = await this.#newest.ask()
      const nowMs = performance.now()
      for (const [value, sentMs] of this.#waiting) {
        if (value > found && nowMs < deadline) continue
        this.#freshMs.push(nowMs - sentMs)
        this.#waiting.delete(value)
      }
      if (this.#isOver && deadline === Infinity) deadline = nowMs + DRAIN_MS
      await sleep(POLL_MS)
    }
  }
}

function bodyOf(value: number): string {
  const dataPoints = [{ timeUnixNano: `${Date.now()}000000`, asDouble: value }]
  const metrics = [{ name: PROBE_METRIC, gauge: { dataPoints } }]
  return JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] })
}
