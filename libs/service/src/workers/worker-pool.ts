import cluster from 'node:cluster'
import type { Logger, Metrics } from '@pegel/telemetry'
import type { Answers, Question } from './messages.ts'
import { WorkerProcess } from './worker-process.ts'
import type { WorkerEnd } from './worker-process.ts'

/** A worker that fails again and again shall not take the machine. */
const REPLACE_AFTER_MS = 1000

export interface WorkerPoolOptions {
  readonly count: number
  readonly log: Logger
  readonly metrics: Metrics
}

/** Keeps as many workers running as were asked for. */
export class WorkerPool {
  readonly #options: WorkerPoolOptions
  readonly #workers = new Map<number, WorkerProcess>()
  readonly #timers = new Set<NodeJS.Timeout>()
  readonly #failed = Promise.withResolvers<WorkerEnd>()
  readonly #replaced: () => void
  #adminPort = 0
  #stopping = false

  constructor(options: WorkerPoolOptions) {
    this.#options = options
    const replaced = options.metrics.counter('pegel_worker_replaced_total', 'Workers that ended by themselves')
    this.#replaced = () => replaced.inc()
    // Values that JSON does not know, as NaN, shall arrive as they are.
    cluster.setupPrimary({ serialization: 'advanced' })
  }

  /** Resolves with the end of a worker that could not even start: what keeps it from that keeps the others, too. */
  get failed(): Promise<WorkerEnd> {
    return this.#failed.promise
  }

  /** @param adminPort where this process answers for them */
  start(adminPort: number): void {
    this.#adminPort = adminPort
    for (let number = 1; number <= this.#options.count; number += 1) this.#start(number)
  }

  /** Asks all; those that do not answer are missing. */
  async ask<Q extends Question>(question: Q): Promise<ReadonlyMap<number, Answers[Q] | undefined>> {
    const workers = [...this.#workers.values()].toSorted((one, other) => one.number - other.number)
    return new Map(
      await Promise.all(workers.map(async (worker) => [worker.number, await worker.ask(question)] as const)),
    )
  }

  /** Tells all to drain and end. @returns whether all ended well */
  async stop(): Promise<boolean> {
    this.#stopping = true
    for (const timer of this.#timers) clearTimeout(timer)
    const workers = [...this.#workers.values()]
    for (const worker of workers) worker.stop()
    const ends = await Promise.all(workers.map(({ ended }) => ended))
    return ends.every(({ code }) => code === 0)
  }

  /** Ends what still runs, at once. */
  kill(): void {
    for (const worker of this.#workers.values()) worker.kill()
  }

  #start(number: number): void {
    const worker = new WorkerProcess(number, this.#adminPort)
    this.#workers.set(number, worker)
    this.#options.log.info('started a worker', { worker: number, pid: worker.pid })
    void worker.ended.then((end) => this.#onEnd(worker, end))
  }

  #onEnd(worker: WorkerProcess, end: WorkerEnd): void {
    const { number, pid, listening } = worker
    this.#workers.delete(number)
    if (this.#stopping) return
    this.#options.log.error('a worker ended by itself', { worker: number, pid, ...end })
    if (!listening) {
      this.#failed.resolve(end)
      return
    }
    this.#replaced()
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      this.#start(number)
    }, REPLACE_AFTER_MS)
    this.#timers.add(timer)
  }
}
