import { HttpError, InfluxDB } from '@influxdata/influxdb-client'
import { BucketsAPI, OrgsAPI } from '@influxdata/influxdb-client-apis'
import type { Bucket } from '@influxdata/influxdb-client-apis'
import { messageOf } from '@pegel/errors'
import { Pool } from 'undici'
import type { Answer } from './classify.ts'
import { influxdbErrors } from './errors.ts'

export interface InfluxdbClientOptions {
  readonly url: string
  readonly token: string
  readonly org: string
  readonly timeoutMs: number
}

/** All that the sink asks of InfluxDB. */
export interface InfluxdbClient {
  /** Sends lines, packed as gzip; any HTTP answer is a value, a lost connection is thrown. */
  write(bucket: string, packed: Buffer, signal: AbortSignal): Promise<Answer>
  /** Makes the bucket, or sets its retention. */
  ensureBucket(name: string, retentionSeconds: number): Promise<void>
  /** Rejects when InfluxDB is away, or token or organisation are not accepted. */
  check(): Promise<void>
  close(): Promise<void>
}

/** The official client asks. Its gzip (zlib's default level, from strings) would be the most expensive step of a write: lines go by undici, packed already. */
export function createInfluxdbClient(options: InfluxdbClientOptions): InfluxdbClient {
  const { url, token, org, timeoutMs } = options
  const base = new URL(url)
  const pool = new Pool(base.origin, { headersTimeout: timeoutMs, bodyTimeout: timeoutMs, connections: 16 })
  const influx = new InfluxDB({ url, token, timeout: timeoutMs })
  const buckets = new BucketsAPI(influx)
  const orgs = new OrgsAPI(influx)
  const prefix = base.pathname.replace(/\/+$/, '')
  const headers = {
    authorization: `Token ${token}`,
    'content-type': 'text/plain; charset=utf-8',
    'content-encoding': 'gzip',
  }

  async function organisationId(): Promise<string> {
    const found = await orgs.getOrgs({ org })
    const id = found.orgs?.find(({ name }) => name === org)?.id
    if (id === undefined) throw influxdbErrors.organisation_unknown({ org })
    return id
  }

  async function bucketNamed(name: string): Promise<Bucket | undefined> {
    const found = await buckets.getBuckets({ org, name }).catch((error: unknown) => {
      if (error instanceof HttpError && error.statusCode === 404) return { buckets: [] }
      throw error
    })
    return found.buckets?.[0]
  }

  async function makeBucket(name: string, everySeconds: number): Promise<void> {
    const retentionRules = [{ type: 'expire' as const, everySeconds }]
    const existing = await bucketNamed(name)
    if (existing === undefined) {
      const orgID = await organisationId()
      await buckets.postBuckets({ body: { orgID, name, retentionRules, description: 'Made by Pegel' } })
    } else if (existing.id !== undefined && existing.retentionRules[0]?.everySeconds !== everySeconds) {
      await buckets.patchBucketsID({ bucketID: existing.id, body: { retentionRules } })
    }
  }

  return {
    async write(bucket, packed, signal) {
      const query = new URLSearchParams({ org, bucket, precision: 'ns' })
      const answer = await pool.request({
        method: 'POST',
        path: `${prefix}/api/v2/write?${query.toString()}`,
        headers,
        body: packed,
        signal,
      })
      const retryAfter = answer.headers['retry-after']
      return {
        status: answer.statusCode,
        body: await answer.body.text(),
        retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined,
      }
    },

    async ensureBucket(name, retentionSeconds) {
      try {
        await makeBucket(name, retentionSeconds)
      } catch (error) {
        // Another instance may have made it between the question and the request.
        const made = await bucketNamed(name).catch(() => undefined)
        if (made === undefined) throw influxdbErrors.bucket_failed({ bucket: name, message: messageOf(error) }, error)
      }
    },

    async check() {
      // Buckets rather than the organisation: a token for buckets alone need not be let to see that.
      await buckets.getBuckets({ org, limit: 1 }).catch((error: unknown) => {
        if (error instanceof HttpError && error.statusCode === 404)
          throw influxdbErrors.organisation_unknown({ org }, error)
        throw influxdbErrors.not_ready({ url: base.origin, message: messageOf(error) }, error)
      })
    },

    async close() {
      await pool.close()
    },
  }
}
