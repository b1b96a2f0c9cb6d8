import { setTimeout as sleep } from 'node:timers/promises'
import { Pool } from 'undici'
import { OtlpBody } from '../load/otlp-body.ts'
import type { Child } from '../support/child.ts'

export interface SourcesLoad {
  /** Of the gateway's OTLP/HTTP door. */
  readonly url: string
  /** Of tenants: source number n belongs to tenant n modulo their number. */
  readonly keys: readonly string[]
  /** Each has its own series; they send by turns. */
  readonly sources: number
  /** The first that sends. */
  readonly first: number
  readonly seriesEach: number
  /** Points of each series in a request. */
  readonly times: number
  readonly requests: number
  /** As fast as answers come unless given. */
  readonly requestsPerSecond?: number
}

export interface SourcesResult {
  readonly points: number
  readonly wallMs: number
  readonly latenciesMs: readonly number[]
}

const CONNECTIONS = 16
const STEP_MS = 1000
/** Stands for the number of the source in a body; as long as every number that is written over it. */
const ANY_SOURCE = 90_000_000
const DIGITS = String(ANY_SOURCE).length

/** The same bytes whoever the tenants are: only the key of a request depends on them. */
export async function sendAsSources(load: SourcesLoad, child: Child): Promise<SourcesResult> {
  const { origin, pathname: path } = new URL(load.url)
  const pool = new Pool(origin, { connections: CONNECTIONS, pipelining: 1 })
  child.ready()
  const latenciesMs: number[] = []
  const startedMs = performance.now()
  let next = 0
  const sendInTurn = async (body: SourceBody): Promise<void> => {
    for (let index = next++; index < load.requests; index = next++) {
      const dueMs = dueOf(load, startedMs, index)
      if (dueMs > performance.now()) await sleep(dueMs - performance.now())
      const source = (load.first + index) % load.sources
      const headers = {
        authorization: `Bearer ${load.keys[source % load.keys.length] ?? ''}`,
        'content-type': 'application/x-protobuf',
      }
      const answer = await pool.request({ path, method: 'POST', body: body.of(source), headers })
      const text = await answer.body.text()
      if (answer.statusCode !== 200) throw new Error(`the gateway answered ${answer.statusCode}: ${text}`)
      latenciesMs.push(performance.now() - dueMs)
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, () => sendInTurn(new SourceBody(load))))
  const wallMs = performance.now() - startedMs
  await pool.close()
  return { points: load.requests * load.seriesEach * load.times, wallMs, latenciesMs }
}

function dueOf({ requestsPerSecond }: SourcesLoad, startedMs: number, index: number): number {
  return requestsPerSecond === undefined ? performance.now() : startedMs + (index * 1000) / requestsPerSecond
}

/** A request that can be made any source's. Parts of a protobuf message that follow each other are one message: one part for each time. */
class SourceBody {
  readonly #parts: readonly OtlpBody[]
  readonly #bytes: Buffer
  readonly #places: readonly number[]

  constructor({ seriesEach, times }: SourcesLoad) {
    const shape = { points: seriesEach, perMetric: Math.min(seriesEach, 20), client: ANY_SOURCE }
    this.#parts = Array.from({ length: times }, () => new OtlpBody(shape))
    this.#bytes = Buffer.concat(this.#parts.map(({ bytes }) => bytes))
    this.#places = placesOf(this.#bytes, String(ANY_SOURCE))
  }

  of(source: number): Buffer {
    let at = 0
    const nowMs = Date.now()
    for (const [index, part] of this.#parts.entries()) {
      part.renew(nowMs - (this.#parts.length - index) * STEP_MS)
      at += part.bytes.copy(this.#bytes, at)
    }
    const number = String(source).padStart(DIGITS, '0')
    for (const place of this.#places) this.#bytes.write(number, place, 'latin1')
    return this.#bytes
  }
}

function placesOf(bytes: Buffer, mark: string): readonly number[] {
  const places: number[] = []
  for (let at = bytes.indexOf(mark); at !== -1; at = bytes.indexOf(mark, at + mark.length)) places.push(at)
  return places
}
