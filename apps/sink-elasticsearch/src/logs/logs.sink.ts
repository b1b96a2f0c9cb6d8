import type { Batch, LogRecord, Sink, WriteResult } from '@pegel/pipeline'
import type { TenantConfig } from '@pegel/tenancy'
import { classify } from '../classify.ts'
import { DeniedStream } from '../denied-stream.ts'
import type { ElasticsearchClient } from '../elasticsearch.client.ts'
import { newDraft } from '../outcome-draft.ts'
import type { OutcomeDraft } from '../outcome-draft.ts'
import { deliverLogs } from './log-deliver.ts'
import type { LogDelivery } from './log-deliver.ts'
import { documentsOf, plainDocumentOf } from './log-documents.ts'
import type { LogDocument } from './log-documents.ts'
import type { LogSetup } from './log-setup.ts'
import { logStreamOf } from './log-stream.ts'

export interface LogsSinkOptions {
  readonly client: ElasticsearchClient
  readonly setup: LogSetup
  readonly dataset: string
  readonly limits: { readonly maxDocuments: number; readonly maxBytes: number }
}

/** Log events as documents of `logs-<dataset>-<tenant>`. */
export class LogsSink implements Sink<LogRecord> {
  readonly #options: LogsSinkOptions
  readonly #denied: DeniedStream

  constructor(options: LogsSinkOptions) {
    this.#options = options
    this.#denied = new DeniedStream(options.client)
  }

  async write({ tenant, records }: Batch<LogRecord>, signal: AbortSignal): Promise<WriteResult> {
    const { client, setup, dataset, limits } = this.#options
    const index = logStreamOf(dataset, tenant)
    const place = { dataset, tenant }
    const documents = records.flatMap((record, at) => documentsOf(record, at, place))
    const delivery = await deliverLogs(documents, {
      ...limits,
      send: async (body, count) =>
        classify(await client.bulk({ index, dataStream: true, body }, signal), count, Date.now()),
      plainOf: (document) => plainDocumentOf(recordOf(records, document), document, place),
    })
    const { halt } = delivery
    if (halt?.cause === 'denied') this.#denied.note(index)
    if (halt?.cause === 'missing') await setup.again(signal)
    const outcomes = records.map(newDraft)
    book(documents, delivery, outcomes)
    return halt?.afterMs === undefined ? { outcomes } : { outcomes, afterMs: halt.afterMs }
  }

  async check(signal: AbortSignal): Promise<void> {
    await this.#options.client.check(signal)
    await this.#denied.check(signal)
  }

  async prepare(_config: TenantConfig, signal: AbortSignal): Promise<void> {
    await this.#options.setup.ensure(signal)
  }

  close(): Promise<void> {
    return this.#options.client.close()
  }
}

function recordOf(records: readonly LogRecord[], document: LogDocument): LogRecord {
  const record = records[document.record]
  if (record === undefined) throw new RangeError('a document of no record')
  return record
}

function book(documents: readonly LogDocument[], { fates }: LogDelivery, outcomes: readonly OutcomeDraft[]): void {
  documents.forEach(({ record, point }, index) => {
    const draft = outcomes[record]
    const fate = fates[index]
    if (draft === undefined || fate === undefined) return
    if (fate.kind === 'stored') draft.delivered += 1
    else if (fate.kind === 'present') draft.alreadyPresent += 1
    else if (fate.kind === 'rejected') draft.rejected.push({ point, reason: fate.reason, message: fate.message })
    else draft.retry.push(point)
  })
}
