import type { IncomingMessage } from 'node:http'
import type { Logger } from '@pegel/telemetry'
import type { TenantDirectory } from '@pegel/tenancy'
import { gatewayErrors } from '../../errors.ts'
import { authenticate } from '../../ingest/authenticate.ts'
import type { ByteBudget } from '../../ingest/byte-budget.ts'
import type { GatewayMetrics } from '../../ingest/gateway-metrics.ts'
import type { Ingest } from '../../ingest/ingest.ts'
import { DecodedPoints } from '../../ingest/decoded-points.ts'
import type { LabelCaches } from '../../otlp/index.ts'
import { decodeOtlpJson, decodeOtlpProtobuf } from '../../otlp/index.ts'
import { errorAnswer, successAnswer } from './answers.ts'
import type { HttpAnswer } from './answers.ts'
import { encodingOf } from './media-type.ts'
import type { Encoding } from './media-type.ts'
import { readBody } from './read-body.ts'
import { contentEncodingOf, unpack } from './unpack.ts'
import type { ContentEncoding } from './unpack.ts'

export interface MetricsHandlerOptions {
  readonly ingest: Pick<Ingest, 'submit'>
  readonly tenants: Pick<TenantDirectory, 'authenticate' | 'current'>
  readonly budget: ByteBudget
  readonly labels: LabelCaches
  readonly metrics: GatewayMetrics
  readonly log: Logger
  readonly now?: () => number
}

const DOOR = 'otlp_http'
const PROTOCOLS = { protobuf: 'otlp_http', json: 'otlp_json' }

/** POST /v1/metrics of OTLP/HTTP (OTLP 1.8): from a request to its answer, without a web framework. */
export class MetricsHandler {
  readonly #options: MetricsHandlerOptions
  #inFlight = 0
  #idle: (() => void) | undefined
  #stopping = false

  constructor(options: MetricsHandlerOptions) {
    this.#options = options
  }

  /** Never rejects: what goes wrong is an answer, too. */
  async handle(request: IncomingMessage): Promise<HttpAnswer> {
    const started = performance.now()
    const encoding = encodingOf(request.headers['content-type'])
    this.#inFlight += 1
    const answer = await this.#answer(request, encoding)
    this.#inFlight -= 1
    if (this.#inFlight === 0) this.#idle?.()
    this.#options.metrics.answered(DOOR, answer.code, (performance.now() - started) / 1000)
    return answer
  }

  /** From now on new requests are turned away; resolves when those in flight are answered, or at the deadline. */
  async drain(deadlineMs: number): Promise<void> {
    this.#stopping = true
    if (this.#inFlight === 0) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, deadlineMs)
      this.#idle = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  async #answer(request: IncomingMessage, encoding: Encoding | undefined): Promise<HttpAnswer> {
    try {
      return await this.#take(request, encoding)
    } catch (error) {
      const answer = errorAnswer(error, encoding ?? 'json')
      const level = answer.status >= 500 && answer.status !== 503 ? 'error' : 'debug'
      this.#options.log[level]('request refused', { code: answer.code, error })
      return answer
    }
  }

  async #take(request: IncomingMessage, encoding: Encoding | undefined): Promise<HttpAnswer> {
    const { headers, method = '' } = request
    if (this.#stopping) throw gatewayErrors.stopping({ retryAfterS: 1 })
    if (method !== 'POST') throw gatewayErrors.method_not_allowed({ method })
    const { authorization } = headers
    const tenant = authenticate(this.#options.tenants, { authorization, orgId: headerOf(headers['x-scope-orgid']) })
    if (encoding === undefined) throw gatewayErrors.media_type({ type: headers['content-type'] ?? '(none)' })
    const packing = contentEncodingOf(headers['content-encoding'])
    if (packing === undefined) throw gatewayErrors.content_encoding({ encoding: headers['content-encoding'] ?? '' })
    const receivedAtMs = (this.#options.now ?? Date.now)()
    const limits = { maxBytes: tenant.limits.maxRequestBytes, tenant: tenant.tenant }
    return this.#withBody(request, { ...limits, packing }, async (body) => {
      const answer = await this.#options.ingest.submit({
        tenant,
        protocol: PROTOCOLS[encoding],
        receivedAtMs,
        decode: (points) => {
          if (encoding === 'json') decodeOtlpJson(body, new DecodedPoints(points))
          else decodeOtlpProtobuf(body, points, this.#options.labels.of(tenant))
        },
      })
      this.#options.labels.trim()
      return successAnswer(answer, encoding)
    })
  }

  /** Holds the bytes of the body in the budget, packed and unpacked, for as long as the request takes. */
  async #withBody<T>(
    request: IncomingMessage,
    options: { readonly maxBytes: number; readonly tenant: string; readonly packing: ContentEncoding },
    use: (body: Buffer) => Promise<T>,
  ): Promise<T> {
    const { budget, metrics } = this.#options
    const declaredBytes = Number(request.headers['content-length'] ?? 0)
    const packed = await readBody(request, { ...options, declaredBytes, budget })
    let held = packed.length
    try {
      const body = await unpack(packed, { ...options, encoding: options.packing })
      if (body !== packed) {
        budget.take(body.length)
        held += body.length
      }
      metrics.body(DOOR, packed.length, body.length)
      return await use(body)
    } finally {
      budget.giveBack(held)
    }
  }
}

function headerOf(value: string | readonly string[] | undefined): string | undefined {
  const text = typeof value === 'string' ? value : value?.join(',')
  return text === '' ? undefined : text
}
