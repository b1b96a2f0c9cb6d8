import type { KafkaRecord } from '@pegel/kafka'
import type { LaneItem, WriteItem } from './lane-item.ts'
import { OutcomeTally } from './outcome-tally.ts'
import { finishUnwritten, finishWritten } from './sink-finish.ts'
import type { SinkRecord } from './sink.ts'
import type { Finished } from './sink-finish.ts'
import type { Verdict } from './sink-judge.ts'
import type { SinkLimits } from './sink-limits.ts'

/** What stands in the way of the next record. */
export interface Wait {
  readonly reason: string
  readonly message: string
}

/** What a lane does next: records to write together, records that need no write, and what it must wait for when there is neither. */
export interface Collected<R extends SinkRecord> {
  readonly writes: readonly WriteItem<R>[]
  readonly finished: readonly Finished[]
  readonly wait: Wait | null
  /** Too much is refused for this reason: the next record is to be put aside, once these are written. */
  readonly stop: string | null
}

export interface MailboxOptions<R extends SinkRecord> {
  readonly sinkName: string
  readonly judge: (record: KafkaRecord) => Verdict<R>
  /** Counts a record that is refused whole. Returns the reason when the lane is to be stopped. */
  readonly onRefused?: (points: number, reason: string) => string | null
  readonly limits: Pick<SinkLimits, 'recordsPerWrite' | 'pointsPerWrite' | 'bytesPerWrite'>
}

/** The waiting records of one lane, in order. Bounded by whoever fills it: it only says how full it is. */
export class LaneMailbox<R extends SinkRecord> {
  readonly #options: MailboxOptions<R>
  readonly #items: LaneItem[] = []
  /** Verdict on the first item, when it was judged but did not fit into the batch before it. */
  #judged: Verdict<R> | null = null
  #stop: string | null = null

  constructor(options: MailboxOptions<R>) {
    this.#options = options
  }

  get length(): number {
    return this.#items.length
  }

  push(item: LaneItem): void {
    this.#items.push(item)
  }

  /** Empties it and gives back what was in it. */
  clear(): readonly LaneItem[] {
    this.#judged = null
    return this.#items.splice(0)
  }

  /** Takes the next records in order: all that may share one write, `mostRecords` at most. */
  collect(mostRecords = this.#options.limits.recordsPerWrite): Collected<R> {
    const writes: WriteItem<R>[] = []
    const finished: Finished[] = []
    const nowMs = Date.now()
    for (let item = this.#items[0]; item !== undefined && this.#stop === null; item = this.#items[0]) {
      const verdict = (this.#judged ??= this.#options.judge(item.record))
      if (verdict.kind === 'wait') {
        this.#judged = null
        return { writes, finished, wait: writes.length + finished.length > 0 ? null : verdict, stop: null }
      }
      if (verdict.kind === 'write') {
        const { record, config } = verdict
        if (writes.length === mostRecords || !this.#fits(writes, item, verdict)) break
        if (record.envelope.points > 0)
          writes.push({ item, record, config, tally: new OutcomeTally(record.envelope.points) })
        else
          finished.push(
            finishWritten({ item, record, config, tally: new OutcomeTally(0) }, this.#options.sinkName, nowMs),
          )
      } else {
        if (verdict.kind === 'refuse') {
          // Refusals are counted in the order of the lane.
          if (writes.length > 0) break
          this.#stop = this.#options.onRefused?.(verdict.envelope?.points ?? 1, verdict.reason) ?? null
          if (this.#stop !== null) break
        }
        finished.push(finishUnwritten(item, verdict, { sinkName: this.#options.sinkName, nowMs }))
      }
      this.#items.shift()
      this.#judged = null
    }
    return { writes, finished, wait: null, stop: this.#stop }
  }

  #fits(writes: readonly WriteItem<R>[], item: LaneItem, verdict: Verdict<R> & { kind: 'write' }): boolean {
    const first = writes[0]
    if (first === undefined) return true
    const { pointsPerWrite, bytesPerWrite } = this.#options.limits
    let points = verdict.record.envelope.points
    let bytes = item.sizeBytes
    for (const write of writes) {
      points += write.record.envelope.points
      bytes += write.item.sizeBytes
    }
    const sameConfig = first.config.version === verdict.config.version
    return sameConfig && points <= pointsPerWrite && bytes <= bytesPerWrite
  }
}
