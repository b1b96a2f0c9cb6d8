import type { SeriesRun } from '@pegel/contracts'
import type { Batch, MetricRecord, Sink, WriteResult } from '@pegel/pipeline'
import type { TenantConfig } from '@pegel/tenancy'
import { bookingOf, timeOf } from './booking.ts'
import { classify } from './classify.ts'
import { deliver } from './deliver.ts'
import { influxdbErrors } from './errors.ts'
import type { InfluxdbClient } from './influxdb.client.ts'
import type { Packer } from './gzip/packer.ts'
import type { CachedLine } from './line-cache.ts'
import { encodeRecord } from './line-protocol.ts'
import { LineSheet } from './line-sheet.ts'
import { newDraft } from './outcome-draft.ts'
import { bucketOf } from './placement.ts'

export interface InfluxdbSinkOptions {
  readonly client: InfluxdbClient
  readonly pack: Packer
  readonly lines: { of(tenant: string, run: SeriesRun): CachedLine }
  readonly retentionSeconds: number
  readonly limits: { readonly maxLines: number; readonly maxBytes: number; readonly maxRequests: number }
  /** Told how many exemplars were not written, once for a record whose points are all settled. */
  readonly onExemplars?: (tenant: string, count: number) => void
}

export class InfluxdbSink implements Sink {
  readonly #options: InfluxdbSinkOptions
  readonly #making = new Map<string, Promise<void>>()
  /** As many as there were writes at a time. */
  readonly #sheets: LineSheet[] = []
  /** Where the token was not let write last: check() tries again there, since asking for the organisation shows nothing of it. */
  #deniedAt: string | undefined

  constructor(options: InfluxdbSinkOptions) {
    this.#options = options
  }

  async write(batch: Batch<MetricRecord>, signal: AbortSignal): Promise<WriteResult> {
    const sheet = this.#sheets.pop() ?? new LineSheet()
    try {
      return await this.#write(batch, sheet, signal)
    } finally {
      sheet.clear()
      this.#sheets.push(sheet)
    }
  }

  async #write(
    { tenant, config, records }: Batch<MetricRecord>,
    sheet: LineSheet,
    signal: AbortSignal,
  ): Promise<WriteResult> {
    const { client, pack, lines, limits } = this.#options
    const bucket = bucketOf(config)
    const outcomes = records.map(newDraft)
    outcomes.forEach((draft, index) => {
      const record = records[index]
      if (record !== undefined) encodeRecord(record, (run) => lines.of(tenant, run), { sheet, index, draft })
    })
    const halt = await deliver({
      sheet,
      timeNs: (line) => timeOf(records[sheet.recordOf(line)], sheet.pointOf(line)),
      send: async (sent) => classify(await client.write(bucket, await pack(sheet, sent), signal), Date.now()),
      booking: bookingOf(sheet, outcomes),
      ...limits,
    })
    this.#tellOfExemplars(tenant, records, outcomes)
    if (halt?.kind === 'denied') this.#deniedAt = bucket
    if (halt?.kind === 'missing') await this.#make(bucket)
    return halt?.kind === 'retry' && halt.afterMs !== undefined ? { outcomes, afterMs: halt.afterMs } : { outcomes }
  }

  #tellOfExemplars(tenant: string, records: readonly MetricRecord[], outcomes: WriteResult['outcomes']): void {
    const settled = records.filter((_record, index) => outcomes[index]?.retry.length === 0)
    const count = settled.reduce((total, { points }) => total + points.exemplars.length, 0)
    if (count > 0) this.#options.onExemplars?.(tenant, count)
  }

  async check(signal: AbortSignal): Promise<void> {
    const { client, pack } = this.#options
    await client.check()
    const bucket = this.#deniedAt
    if (bucket === undefined) return
    const verdict = classify(await client.write(bucket, await pack(new LineSheet(), []), signal), Date.now())
    if (verdict.kind === 'denied') throw influxdbErrors.write_denied({ bucket, message: verdict.message })
    this.#deniedAt = undefined
  }

  async prepare(config: TenantConfig): Promise<void> {
    await this.#make(bucketOf(config))
  }

  close(): Promise<void> {
    return this.#options.client.close()
  }

  /** Many tenants share a bucket: it is made once at a time. */
  #make(bucket: string): Promise<void> {
    const { client, retentionSeconds } = this.#options
    const making =
      this.#making.get(bucket) ??
      client.ensureBucket(bucket, retentionSeconds).finally(() => {
        this.#making.delete(bucket)
      })
    this.#making.set(bucket, making)
    return making
  }
}
