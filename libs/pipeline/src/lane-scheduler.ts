/** Something that works in steps and is told when its turn comes. */
export interface Steps {
  /** Its next step only asks whether the backend takes its writes again, and may take as long as a write may. */
  readonly probing: boolean
  /** One step; never rejects. */
  step(): Promise<void>
}

/** Why no lane may start a step now. */
export type SchedulerHold = 'assigning' | 'backend' | 'stopping'

/** Gives lanes their turns: round robin, a bounded number at a time, of which probes are half at most: backends that hang leave room for others. */
export class LaneScheduler {
  readonly #concurrency: number
  readonly #ready: Steps[] = []
  readonly #holds = new Set<SchedulerHold>()
  #active = 0
  #probes = 0
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
      const room = this.#probes < Math.max(1, Math.floor(this.#concurrency / 2))
      const index = this.#ready.findIndex(({ probing }) => room || !probing)
      const [lane] = index < 0 ? [] : this.#ready.splice(index, 1)
      if (lane === undefined) return
      this.#active += 1
      void this.#run(lane, lane.probing ? 1 : 0)
    }
  }

  async #run(lane: Steps, probes: number): Promise<void> {
    this.#probes += probes
    await lane.step()
    this.#probes -= probes
    this.#active -= 1
    if (this.#active === 0) {
      for (const resolve of this.#onIdle.splice(0)) resolve()
    }
    this.#pump()
  }
}
