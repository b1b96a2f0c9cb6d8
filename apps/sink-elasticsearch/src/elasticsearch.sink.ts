import type { SeriesRun } from '@pegel/contracts'
import type { Batch, MetricRecord, Sink, WriteResult } from '@pegel/pipeline'
import type { TenantConfig } from '@pegel/tenancy'
import { BulkBody } from './bulk-body.ts'
import { classify } from './classify.ts'
import { DeniedStream } from './denied-stream.ts'
import { deliver } from './deliver.ts'
import type { Delivery } from './deliver.ts'
import type { PackedDocument } from './document-packer.ts'
import { packRecord } from './documents.ts'
import type { ElasticsearchClient } from './elasticsearch.client.ts'
import type { NewFields } from './new-fields.ts'
import { newDraft } from './outcome-draft.ts'
import type { OutcomeDraft } from './outcome-draft.ts'
import { placementOf } from './placement.ts'
import type { SeriesFields } from './series-fields.ts'
import type { StreamSetup } from './stream-setup.ts'

export interface ElasticsearchSinkOptions {
  readonly client: ElasticsearchClient
  readonly setup: StreamSetup
  readonly series: { of(tenant: string, run: SeriesRun, made: Set<SeriesFields>): SeriesFields }
  readonly newFields: NewFields
  readonly dataset: string
  readonly limits: { readonly maxDocuments: number; readonly maxBytes: number }
}

export class ElasticsearchSink implements Sink {
  readonly #options: ElasticsearchSinkOptions
  readonly #denied: DeniedStream
  /** As many as there were writes at a time. */
  readonly #bodies: BulkBody[] = []

  constructor(options: ElasticsearchSinkOptions) {
    this.#options = options
    this.#denied = new DeniedStream(options.client)
  }

  async write(batch: Batch<MetricRecord>, signal: AbortSignal): Promise<WriteResult> {
    const memory = this.#bodies.pop() ?? new BulkBody()
    try {
      return await this.#write(batch, memory, signal)
    } finally {
      this.#bodies.push(memory)
    }
  }

  async #write(batch: Batch<MetricRecord>, memory: BulkBody, signal: AbortSignal): Promise<WriteResult> {
    const { client, setup, series, newFields, dataset, limits } = this.#options
    const { tenant, config, records } = batch
    const { stream, late } = placementOf(dataset, config)
    const outcomes = records.map(newDraft)
    const made = new Set<SeriesFields>()
    const documents = outcomes.flatMap((draft, index) => {
      const record = records[index]
      return record === undefined ? [] : packRecord(record, (run) => series.of(tenant, run, made), { index, draft })
    })
    await newFields.make(stream, { documents, series: made }, signal)
    const delivery = await deliver(documents, {
      send: async (target, body, count) => {
        const toStream = target === 'stream'
        const answer = await client.bulk({ index: toStream ? stream : late, dataStream: toStream, body }, signal)
        return classify(answer, count, Date.now())
      },
      memory,
      ...limits,
    })
    book(documents, delivery, outcomes)
    const { halt } = delivery
    if (halt?.cause === 'denied') this.#denied.note(stream)
    if (halt?.cause === 'missing') await setup.again(stream, signal)
    return halt?.afterMs === undefined ? { outcomes } : { outcomes, afterMs: halt.afterMs }
  }

  async check(signal: AbortSignal): Promise<void> {
    await this.#options.client.check(signal)
    await this.#denied.check(signal)
  }

  async prepare(config: TenantConfig, signal: AbortSignal): Promise<void> {
    const { setup, dataset } = this.#options
    await setup.ensure(placementOf(dataset, config).stream, signal)
  }

  close(): Promise<void> {
    return this.#options.client.close()
  }
}

function book(documents: readonly PackedDocument[], { fates }: Delivery, outcomes: readonly OutcomeDraft[]): void {
  documents.forEach(({ record, points }, index) => {
    const draft = outcomes[record]
    if (draft === undefined) return
    const parts = fates[index]
    if (parts === undefined) draft.retry.push(...points.map(({ point }) => point))
    for (const { kind, points: part, reason, message } of parts ?? []) {
      if (kind === 'stored') draft.delivered += part.length
      else if (kind === 'present') draft.alreadyPresent += part.length
      else draft.rejected.push(...part.map((point) => ({ point, reason, message })))
    }
  })
}
