import { promisify } from 'node:util'
import { gzip as gzipCallback } from 'node:zlib'
import { Client, errors } from '@elastic/elasticsearch'
import type { ClientOptions } from '@elastic/elasticsearch'
import { messageOf } from '@pegel/errors'
import type { Answer } from './classify.ts'
import { elasticsearchErrors } from './errors.ts'
import type { IndexTemplate } from './templates.ts'

const gzip = promisify(gzipCallback)

export interface ElasticsearchClientOptions {
  readonly url: string
  readonly auth: ClientOptions['auth']
  readonly timeoutMs: number
}

/** All that the sink asks of Elasticsearch. */
export interface ElasticsearchClient {
  /** Sends NDJSON as it is; any HTTP answer is a value, a lost connection is thrown. */
  bulk(request: BulkRequest, signal: AbortSignal): Promise<Answer>
  putTemplate(template: IndexTemplate, signal: AbortSignal): Promise<void>
  createStream(stream: string, signal: AbortSignal): Promise<void>
  /** Sets the limit of a stream that is there, so that a raised one helps at once. */
  setFieldLimit(stream: string, fieldLimit: number, signal: AbortSignal): Promise<void>
  /** Adds fields to the index that a stream writes to. Undefined when they are there, or why Elasticsearch takes them not all, and so none. */
  addFields(stream: string, properties: Fields, signal: AbortSignal): Promise<string | undefined>
  /** Whether the module that moves the time bounds of data streams is there. */
  managesTimeBounds(signal: AbortSignal): Promise<boolean>
  /** Rejects when no node answers or the cluster has no master. */
  check(signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

/** Mappings by field name. */
export type Fields = Readonly<Record<string, object>>

export interface BulkRequest {
  readonly index: string
  /** Refuses to make a plain index where a data stream is meant. */
  readonly dataStream: boolean
  readonly body: Buffer
}

/** What classify() reads; everything else of the answer would be parsed for nothing. */
const FILTER =
  'error,items.create.status,items.create.error.type,items.create.error.reason,items.create.error.caused_by.reason'

export function createElasticsearchClient(options: ElasticsearchClientOptions): ElasticsearchClient {
  const client = new Client({
    node: options.url,
    ...(options.auth === undefined ? {} : { auth: options.auth }),
    requestTimeout: options.timeoutMs,
    // Retries are the runner's: it knows what a write was.
    maxRetries: 0,
  })

  async function bulk({ index, dataStream, body }: BulkRequest, signal: AbortSignal): Promise<Answer> {
    const request = {
      method: 'POST',
      path: `/${encodeURIComponent(index)}/_bulk`,
      querystring: { filter_path: FILTER, ...(dataStream ? { require_data_stream: true } : {}) },
      bulkBody: await gzip(body, { level: 1 }),
    }
    try {
      const headers = { 'content-encoding': 'gzip' }
      const { statusCode: status, body: answer } = await client.transport.request(request, {
        signal,
        headers,
        meta: true,
      })
      return { status, body: answer, retryAfter: undefined }
    } catch (error) {
      if (!(error instanceof errors.ResponseError)) throw error
      const retryAfter = error.headers?.['retry-after']
      return {
        status: error.statusCode ?? 0,
        body: error.body,
        retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined,
      }
    }
  }

  return {
    bulk,

    async putTemplate(template, signal) {
      try {
        await client.transport.request(
          { method: 'PUT', path: `/_index_template/${template.name}`, body: { ...template, name: undefined } },
          { signal },
        )
      } catch (error) {
        throw elasticsearchErrors.template_failed({ template: template.name, message: messageOf(error) }, error)
      }
    },

    async createStream(stream, signal) {
      try {
        await client.indices.createDataStream({ name: stream }, { signal })
      } catch (error) {
        if (error instanceof errors.ResponseError && errorType(error.body) === 'resource_already_exists_exception')
          return
        throw elasticsearchErrors.stream_failed({ stream, message: messageOf(error) }, error)
      }
    },

    async setFieldLimit(stream, fieldLimit, signal) {
      const settings = { 'index.mapping.total_fields.limit': fieldLimit }
      await client.indices.putSettings({ index: stream, settings }, { signal, ignore: [404] })
    },

    async addFields(stream, properties, signal) {
      const path = `/${encodeURIComponent(stream)}/_mapping`
      try {
        await client.transport.request(
          { method: 'PUT', path, querystring: { write_index_only: true }, body: { properties } },
          { signal },
        )
      } catch (error) {
        if (error instanceof errors.ResponseError && error.statusCode === BAD_REQUEST) return messageOf(error)
        throw error
      }
      return undefined
    },

    async managesTimeBounds(signal) {
      const path = '/_nodes/plugins'
      const querystring = { filter_path: 'nodes.*.modules.name' }
      const answer = await client.transport.request<ModulesAnswer>({ method: 'GET', path, querystring }, { signal })
      return Object.values(answer.nodes ?? {}).some(({ modules }) =>
        modules?.some(({ name }) => name === 'data-streams'),
      )
    },

    async check(signal) {
      await client.cluster.health({ filter_path: 'status' }, { signal })
    },

    async close() {
      await client.close()
    },
  }
}

const BAD_REQUEST = 400

function errorType(body: unknown): string | undefined {
  return (body as { error?: { type?: string } } | undefined)?.error?.type
}

interface ModulesAnswer {
  readonly nodes?: Readonly<Record<string, { readonly modules?: readonly { readonly name: string }[] }>>
}
