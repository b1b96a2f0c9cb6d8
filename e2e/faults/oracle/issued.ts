import { numberOf, pointsOf } from './shape.ts'
import type { Shape } from './shape.ts'

/**
 * `acknowledged`: the gateway said that it has it. `unconfirmed`: some attempt may have reached Kafka, none was acknowledged.
 * `refused`: nothing of it was taken.
 */
export type RequestState = 'acknowledged' | 'unconfirmed' | 'refused'

export interface IssuedRequest {
  /** Time of its first points. */
  readonly baseMs: number
  state: RequestState
  attempts: number
}

/** What one tenant has sent, request by request: the memory of the oracle. */
export class Issued {
  readonly tenant: string
  /** Tells this tenant's numbers from all others'. */
  readonly ordinal: number
  readonly shape: Shape
  readonly requests: IssuedRequest[] = []

  constructor(tenant: string, ordinal: number, shape: Shape) {
    this.tenant = tenant
    this.ordinal = ordinal
    this.shape = shape
  }

  count(state: RequestState): number {
    return this.requests.filter((request) => request.state === state).length
  }

  get acknowledgedPoints(): number {
    return this.count('acknowledged') * pointsOf(this.shape)
  }

  /** Of the requests that went through one of several doors, which are used in turn. */
  acknowledgedThrough(isDoor: (turn: number) => boolean): number {
    const taken = this.requests.filter(({ state }, index) => state === 'acknowledged' && isDoor(index))
    return taken.length * pointsOf(this.shape)
  }

  /** At most so many may have been written to Kafka. */
  get attemptedPoints(): number {
    return this.requests.reduce((sum, { attempts }) => sum + attempts, 0) * pointsOf(this.shape)
  }

  /** Of one series, what must be there: how many, and their sum. */
  expected(series: number): { readonly count: number; readonly sum: number } {
    const { times } = this.shape
    let [count, sum] = [0, 0]
    for (const [index, { state }] of this.requests.entries()) {
      if (state !== 'acknowledged') continue
      count += times
      for (let time = 0; time < times; time += 1) sum += numberOf(this.ordinal, series, index * times + time)
    }
    return { count, sum }
  }

  /** The state of the request that a point went with; undefined for one that nobody has sent. */
  stateOf(time: number): RequestState | undefined {
    return this.requests[Math.floor(time / this.shape.times)]?.state
  }

  /** First and last time of all points, ms. */
  get window(): { readonly fromMs: number; readonly toMs: number } {
    const bases = this.requests.map(({ baseMs }) => baseMs)
    const { times, stepMs } = this.shape
    return {
      fromMs: bases.reduce((a, b) => Math.min(a, b), Infinity),
      toMs: bases.reduce((a, b) => Math.max(a, b), 0) + times * stepMs,
    }
  }
}
