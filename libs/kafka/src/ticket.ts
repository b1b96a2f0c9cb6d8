import type { PegelError } from '@pegel/errors'
import type { Produced } from './port.ts'

/** One call of send(): settled once, when all of its records are written or the first of them has failed. */
export class Ticket {
  readonly bytes: number
  readonly deadlineMs: number
  readonly promise: Promise<readonly Produced[]>
  settled = false
  readonly #results: Produced[]
  #remaining: number
  readonly #timer: NodeJS.Timeout
  readonly #listeners: (() => void)[] = []
  #resolve!: (value: readonly Produced[]) => void
  #reject!: (reason: PegelError) => void

  constructor(options: {
    readonly records: number
    readonly bytes: number
    readonly deadlineMs: number
    readonly onDeadline: (ticket: Ticket) => PegelError
  }) {
    this.bytes = options.bytes
    this.deadlineMs = options.deadlineMs
    this.#remaining = options.records
    this.#results = new Array<Produced>(options.records)
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    this.#timer = setTimeout(() => this.fail(options.onDeadline(this)), options.deadlineMs)
  }

  onSettled(listener: () => void): void {
    if (this.settled) listener()
    else this.#listeners.push(listener)
  }

  written(index: number, produced: Produced): void {
    if (this.settled) return
    this.#results[index] = produced
    if (--this.#remaining > 0) return
    this.#settle()
    this.#resolve(this.#results)
  }

  fail(error: PegelError): void {
    if (this.settled) return
    this.#settle()
    this.#reject(error)
  }

  #settle(): void {
    this.settled = true
    clearTimeout(this.#timer)
    for (const listener of this.#listeners.splice(0)) listener()
  }
}
