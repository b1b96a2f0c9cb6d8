import { DrainProgress } from './drain-progress.ts'
import type { DrainStep } from './drain-progress.ts'
import type { ParkedLaneState } from './parked-fold.ts'
import { controlDraft } from './parked-record.ts'
import type { LaneKey } from './parked-record.ts'
import type { ParkedTopic } from './parked-topic.ts'
import type { Turns } from '../turns.ts'

export interface DrainTellerOptions {
  readonly key: LaneKey
  readonly topic: Pick<ParkedTopic, 'lane' | 'write'>
  /** Writes to the topic, one after another: each knows what the one before has left. */
  readonly turns: Turns
  /** Whether the parking ends when nothing is left. */
  readonly mayEnd: () => boolean
  /** Nothing is left, and the topic knows. */
  readonly onEnd: (doneOffset: number) => void
  readonly onTold: () => void
  readonly onFailed: (error: unknown) => void
}

const NOTHING: DrainStep = { records: 0, points: 0, sizeBytes: 0 }

/** Tells the topic how far a parked lane is drained; told that nothing is left, the lane is parked no more. */
export class DrainTeller {
  readonly #options: DrainTellerOptions
  #progress: DrainProgress | null = null
  /** What the topic is being told and has not been read back. */
  #telling: DrainStep | null = null
  #timer: NodeJS.Timeout | undefined
  #closed = false

  constructor(options: DrainTellerOptions) {
    this.#options = options
  }

  get progress(): DrainProgress | null {
    return this.#progress
  }

  /** While the topic is being told, what is left is not known. */
  get busy(): boolean {
    return this.#telling !== null
  }

  /** What will be left when all that is settled is told. */
  get left(): DrainStep {
    const { topic, key } = this.#options
    const { records = 0, points = 0, sizeBytes = 0 } = topic.lane(key) ?? {}
    const step = this.#progress?.step ?? NOTHING
    return { records: records - step.records, points: points - step.points, sizeBytes: sizeBytes - step.sizeBytes }
  }

  begin(state: ParkedLaneState): DrainProgress {
    return (this.#progress ??= new DrainProgress(state))
  }

  /** The topic has it. */
  heard(): void {
    if (this.#telling !== null) this.#progress?.told(this.#telling)
    this.#telling = null
  }

  tellIn(ms: number): void {
    if (this.#closed) return
    if (ms === 0) {
      clearTimeout(this.#timer)
      this.#timer = undefined
    }
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#options.turns.take(() => this.#tell()).catch(this.#options.onFailed)
    }, ms)
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
  }

  async #tell(): Promise<void> {
    const { key, topic, mayEnd, onEnd, onTold } = this.#options
    const progress = this.#progress
    if (this.#closed || progress === null) return
    const { step, anchor, doneOffset, parkedAtMs: timestampMs } = progress
    const { left } = this
    const ends = left.records === 0 && mayEnd()
    // That nothing is left is told last of all, since it ends the parking; but of a lane that is stopped, which it does not end.
    const early = left.records === 0 && topic.lane(key)?.stop === null
    if (!ends && (early || step.records === 0)) return
    this.#telling = step
    await topic.write(key.partition, [
      controlDraft(key, 'drained', { ...left, offset: doneOffset, timestampMs, upTo: anchor + 1 }),
    ])
    if (this.#isClosed()) return
    if (ends) onEnd(doneOffset)
    else onTold()
  }

  /** A method for the compiler: it may be closed while a step awaits. */
  #isClosed(): boolean {
    return this.#closed
  }
}
