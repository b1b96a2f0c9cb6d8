import { createSocket } from 'node:dgram'
import type { Socket } from 'node:dgram'
import { once } from 'node:events'
import { isIPv6 } from 'node:net'
import type { Metrics } from '@pegel/telemetry'
import { flushesOf, IntervalWriter } from '../../statsd/index.ts'
import type { BehindDoors } from '../door.ts'
import { Delivery } from './delivery.ts'
import type { StatsdListener } from './listeners-setting.ts'
import { StatsdMetrics } from './statsd-metrics.ts'

export interface StatsdSocketOptions extends Pick<BehindDoors, 'ingest' | 'tenants' | 'log' | 'now'> {
  readonly prometheus: Metrics
  readonly listener: StatsdListener
  readonly flushIntervalMs: number
  readonly maxSeries: number
}

/** Asked of the system, which may give less: what comes while the process is busy waits there, and is lost beyond it. */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024
/** So that a flush is a request of usual size, within every limits.max_points_per_request that is one. */
const MAX_POINTS_PER_FLUSH = 10_000

/** One tenant's UDP port: adds up what comes, and sends it at every interval. */
export class StatsdSocket {
  readonly #options: StatsdSocketOptions
  readonly #interval: IntervalWriter
  readonly #delivery: Delivery
  readonly #metrics: StatsdMetrics
  readonly #socket: Socket
  #timer: NodeJS.Timeout | undefined
  #datagrams = 0

  constructor(options: StatsdSocketOptions) {
    const { listener, maxSeries, now, prometheus } = options
    this.#options = options
    this.#interval = new IntervalWriter(maxSeries, now())
    this.#metrics = new StatsdMetrics(prometheus, listener.tenant)
    this.#delivery = new Delivery({ ...options, tenant: listener.tenant, metrics: this.#metrics })
    const type = isIPv6(listener.host) ? 'udp6' : 'udp4'
    this.#socket = createSocket({ type, recvBufferSize: RECEIVE_BUFFER_BYTES })
  }

  /** Rejects when the port is taken. */
  async start(): Promise<void> {
    const { listener, flushIntervalMs, log } = this.#options
    this.#socket.on('message', (datagram) => {
      this.#datagrams += 1
      this.#interval.take(datagram.toString('utf8'))
    })
    const listening = once(this.#socket, 'listening')
    this.#socket.bind(listener.port, listener.host)
    await listening
    this.#socket.on('error', (error) => log.error('statsd socket failed', { tenant_id: listener.tenant, error }))
    this.#timer = setInterval(() => this.#flush(), flushIntervalMs)
  }

  get port(): number {
    return this.#socket.address().port
  }

  /** Takes no more datagrams and sends what came, until the deadline. */
  async drain(deadlineMs: number): Promise<void> {
    clearInterval(this.#timer)
    this.#timer = undefined
    const closed = once(this.#socket, 'close')
    this.#socket.close()
    await closed
    this.#flush()
    await this.#delivery.drain(deadlineMs)
  }

  #flush(): void {
    const nowMs = this.#options.now()
    const { tenants, listener } = this.#options
    const interval = this.#interval.close(nowMs)
    this.#metrics.interval(this.#datagrams, interval)
    this.#datagrams = 0
    const found = tenants.current(listener.tenant)
    const limit = found.status === 'active' ? found.config.limits.maxPointsPerRequest : MAX_POINTS_PER_FLUSH
    this.#delivery.add(flushesOf(interval, nowMs, Math.min(limit, MAX_POINTS_PER_FLUSH)))
  }
}
