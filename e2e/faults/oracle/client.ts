import { setTimeout as sleep } from 'node:timers/promises'
import { Agent } from 'undici'
import { numberOf } from './shape.ts'
import type { Door } from './body.ts'
import type { Issued, IssuedRequest } from './issued.ts'

export interface ClientOptions {
  readonly issued: Issued
  readonly key: string
  /** Used in turn. */
  readonly doors: readonly Door[]
  /** Base addresses of the gateways that there are now; a retry goes to the next one. */
  readonly gateways: () => readonly string[]
  readonly connections: number
  /** Between two requests of a connection, ms; 0: as fast as they are answered. */
  readonly everyMs: number
  /** Ends by itself after so many requests. */
  readonly requests?: number
}

const RETRY_MS = 150
const ANSWER_MS = 6000
/** What no repetition can change. */
const FINAL = [400, 413, 415]

/** One tenant's client: sends numbered requests and repeats each until it is acknowledged, as exporters do. */
export class Client {
  /** Added to the time of every point that is made from now on: the client's clock was set. */
  clockStepMs = 0
  /** Statuses that end the repetition of a request, besides those of bad requests. */
  readonly final = new Set(FINAL)
  readonly #options: ClientOptions
  readonly #agent: Agent
  readonly #startMs = Date.now()
  readonly #giveUp = new AbortController()
  #stopped = false
  #loops: Promise<void>[] = []

  constructor(options: ClientOptions) {
    this.#options = options
    this.#agent = new Agent({ connections: options.connections, connect: { timeout: 2000 } })
  }

  get issued(): Issued {
    return this.#options.issued
  }

  start(): void {
    this.#loops = Array.from({ length: this.#options.connections }, () => this.#run())
  }

  /** Resolves when as many requests as were wanted are acknowledged. */
  async finished(): Promise<void> {
    await Promise.all(this.#loops)
  }

  /** Makes nothing new; what is under way is repeated until it is acknowledged, though not longer than this. */
  async stop(patienceMs: number): Promise<void> {
    this.#stopped = true
    const timer = setTimeout(() => this.#giveUp.abort(), patienceMs)
    await Promise.all(this.#loops)
    clearTimeout(timer)
    await this.#agent.destroy()
  }

  async #run(): Promise<void> {
    const { issued, everyMs, requests = Infinity } = this.#options
    while (!this.#isOver() && issued.requests.length < requests) {
      const startedMs = performance.now()
      await this.#deliver(this.next())
      const restMs = everyMs - (performance.now() - startedMs)
      if (restMs > 0 && !this.#isOver()) await sleep(restMs)
    }
  }

  #isOver(): boolean {
    return this.#stopped
  }

  /** The place of the next request, whoever sends it: no two have the same numbers or times. */
  next(): { readonly index: number; readonly request: IssuedRequest } {
    const { shape, requests } = this.#options.issued
    const index = requests.length
    const baseMs = this.#startMs + index * shape.times * shape.stepMs + this.clockStepMs
    const request: IssuedRequest = { baseMs, state: 'refused', attempts: 0 }
    requests.push(request)
    return { index, request }
  }

  async #deliver({ index, request }: { index: number; request: IssuedRequest }): Promise<void> {
    const { issued, doors, gateways } = this.#options
    const { ordinal, shape } = issued
    const door = doors[index % doors.length]
    if (door === undefined) throw new TypeError('a client needs a door')
    const body = door.fill((series, time) => ({
      value: numberOf(ordinal, series, index * shape.times + time),
      timeMs: request.baseMs + time * shape.stepMs,
    }))
    while (!this.#giveUp.signal.aborted) {
      const all = gateways()
      const status = await this.#send(all[(index + request.attempts) % all.length] ?? '', door, body)
      request.attempts += 1
      if (status === 200 || status === 204) request.state = 'acknowledged'
      // Too many requests: nothing was taken. All else may have been written before something went wrong.
      else if (status !== 429 && !this.final.has(status)) request.state = 'unconfirmed'
      if (request.state === 'acknowledged' || this.final.has(status)) return
      await sleep(RETRY_MS)
    }
  }

  /** 0 when there was no answer. */
  async #send(gateway: string, { path, headers }: Door, body: Buffer): Promise<number> {
    try {
      const { statusCode, body: answer } = await this.#agent.request({
        ...{ origin: gateway, path, method: 'POST', body },
        headers: { ...headers, authorization: `Bearer ${this.#options.key}` },
        ...{ headersTimeout: ANSWER_MS, bodyTimeout: ANSWER_MS, signal: this.#giveUp.signal },
      })
      const bytes = await answer.arrayBuffer()
      // OTLP says within a success that something was refused; an empty message is a success of all.
      return statusCode === 200 && bytes.byteLength > 0 ? 400 : statusCode
    } catch {
      return 0
    }
  }
}
