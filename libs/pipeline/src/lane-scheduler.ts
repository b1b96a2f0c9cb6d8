/** Something that works in steps and is told when its turn comes. */
export interface Steps {
  /** One step; never rejects. */
  step(): Promise<void>
}

/** Why no lane may start a step now. */
export type SchedulerHold = 'assigning' | 'backend' | 'stopping'

/** Gives lanes their turns: round robin, a bounded number at a time. */
export class LaneScheduler {
  readonly #concurrency: number
  readonly #ready: Steps[] = []
  readonly #holds = new Set<SchedulerHold>()
  #active = 0
  #onIdle: (() => void)[] = []

  constructor(concurrency: number) {
    this.#concurrency = concurrency
  }

  get active(): number {
    return this.#active
  }

  /** Queues a lane for one step. The lane sees to it that it stands in the queue once. */
  add(lane: Steps): void {
    this.#ready.push(lane)
    // After the caller is done: a lane that is given a whole batch of records shall find them all at its first step.
    void Promise.resolve().then(() => this.#pump())
  }

  hold(reason: SchedulerHold): void {
    this.#holds.add(reason)
  }

  release(reason: SchedulerHold): void {
    this.#holds.delete(reason)
    this.#pump()
  }

  /** Resolves when no step is under way. */
  idle(): Promise<void> {
    if (this.#active === 0) return Promise.resolve()
    return new Promise((resolve) => this.#onIdle.push(resolve))
  }

  #pump(): void {
    while (this.#holds.size === 0 && this.#active < this.#concurrency) {
      const lane = this.#ready.shift()
      if (lane === undefined) return
      this.#active += 1
      void this.#run(lane)
    }
  }

  async #run(lane: Steps): Promise<void> {
    await lane.step()
    this.#active -= 1
    if (this.#active === 0) {
      for (const resolve of this.#onIdle.splice(0)) resolve()
    }
    this.#pump()
  }
}
