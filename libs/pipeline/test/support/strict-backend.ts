import type { Batch, MetricRecord, Rejection, Sink, WriteResult } from '../../src/sink.ts'
import { NOTHING } from '../sink-fixtures.ts'

/** A backend that notices when a record of a lane is answered for the first time after a newer one: stored, or refused for good. */
export class StrictBackend {
  /** Source offsets by `tenant/partition`, in the order in which they were stored first. */
  readonly stored = new Map<string, number[]>()
  /** Tenants that are refused, with what they are told; `partial`: a point of each record at a time is taken. */
  readonly refuses = new Map<string, 'retry' | 'hang' | 'throw' | 'reject' | 'partial'>()
  readonly problems: string[] = []
  /** What was stored or refused for good, by `tenant/partition`. What was refused may come again after a crash, and be stored then. */
  readonly #answered = new Map<string, number[]>()
  up = true
  writes = 0
  checks = 0

  /** One process' connection to it. */
  connect(isDead: () => boolean = () => false): Sink {
    return {
      write: (batch, signal) => (isDead() ? new Promise(() => undefined) : this.#write(batch, signal)),
      check: () => {
        this.checks += 1
        return this.up ? Promise.resolve() : Promise.reject(new Error('down'))
      },
      close: () => Promise.resolve(),
    }
  }

  async #write({ tenant, records }: Batch<MetricRecord>, signal: AbortSignal): Promise<WriteResult> {
    this.writes += 1
    await new Promise(setImmediate)
    const refusal = this.up ? this.refuses.get(tenant) : 'throw'
    if (refusal === 'throw') throw new Error('refused')
    if (refusal === 'retry') return { outcomes: records.map((record) => ({ ...NOTHING, retry: openOf(record) })) }
    if (refusal === 'reject') {
      for (const { position } of records) this.#answer(`${tenant}/${position.partition}`, position.offset)
      return { outcomes: records.map((record) => ({ ...NOTHING, rejected: rejections(record) })) }
    }
    if (refusal === 'hang') await new Promise((_resolve, reject) => signal.addEventListener('abort', reject))
    const outcomes = records.map((record) => {
      const open = openOf(record)
      const retry = refusal === 'partial' ? open.slice(1) : []
      const { partition, offset } = record.position
      if (retry.length === 0) this.#store(`${tenant}/${partition}`, offset)
      return { ...NOTHING, delivered: open.length - retry.length, retry }
    })
    return { outcomes }
  }

  #store(lane: string, offset: number): void {
    this.#answer(lane, offset)
    const before = this.stored.get(lane) ?? []
    this.stored.set(lane, before)
    if (!before.includes(offset)) before.push(offset)
  }

  #answer(lane: string, offset: number): void {
    const before = this.#answered.get(lane) ?? []
    this.#answered.set(lane, before)
    if (before.includes(offset)) return
    if (before.some((older) => older > offset)) this.problems.push(`${lane}: ${offset} after ${before.at(-1)}`)
    before.push(offset)
  }
}

function openOf({ envelope, select }: MetricRecord): number[] {
  return select === null ? [...Array(envelope.points).keys()] : [...select]
}

function rejections(record: MetricRecord): Rejection[] {
  return openOf(record).map((point) => ({ point, reason: 'mapping_conflict', message: 'no' }))
}
