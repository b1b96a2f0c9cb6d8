import type { IncomingMessage } from 'node:http'
import { buffers, discard, discardAround } from '@pegel/buffers'
import type { TenantConfig } from '@pegel/tenancy'
import { gatewayErrors } from '../../errors.ts'
import { authenticate, holderOf } from '../../ingest/authenticate.ts'
import type { BehindDoors } from '../door.ts'
import { InFlight } from '../in-flight.ts'
import { traced } from '../request-trace.ts'
import type { RequestHead } from '../request-trace.ts'
import type { EndpointRequest, HttpAnswer, HttpEndpoint } from './http-endpoint.ts'
import { forget, readBody } from './read-body.ts'
import { Turns } from './turns.ts'
import { contentEncodingOf, unpack, USUAL_ENCODINGS } from './unpack.ts'

export type HttpRequestsOptions = Pick<
  BehindDoors,
  'tenants' | 'security' | 'budget' | 'metrics' | 'log' | 'tracing' | 'now'
>

/** From here on a span counts as failed: what a client did wrong is no error of this server. */
const SERVER_ERROR = 500

/** What is unpacked counts in the budget once its size is known: until then so many bodies, each within its limit, may be on their way. */
const UNPACKING = {
  ...{ atMost: 16, each: 4 },
  // Clients give up after about ten seconds: no answer then is worse than "later" now.
  waitMs: 5000,
  late: (tenant: string) => gatewayErrors.unpacking_late({ tenant, retryAfterS: 1 }),
}

/** What is the same for every request over HTTP, from its head to its answer, without a web framework. */
export class HttpRequests {
  readonly #options: HttpRequestsOptions
  readonly #inFlight = new InFlight()
  readonly #unpacking = new Turns(UNPACKING)

  constructor(options: HttpRequestsOptions) {
    this.#options = options
  }

  /** Never rejects: what goes wrong is an answer, too. */
  async handle(endpoint: HttpEndpoint, raw: IncomingMessage): Promise<HttpAnswer> {
    const started = performance.now()
    const { metrics, log, tracing } = this.#options
    const { door } = endpoint
    return traced(
      tracing,
      () => headOf(door, raw),
      async (span) => {
        const answer = await this.#inFlight.during(() => this.#answer(endpoint, raw))
        const seconds = (performance.now() - started) / 1000
        metrics.answered(door, answer.code, seconds)
        log.debug('request answered', { door, status: answer.status, code: answer.code, seconds })
        span?.set({ 'http.response.status_code': answer.status, 'pegel.answer': answer.code })
        if (answer.status >= SERVER_ERROR) span?.fail(answer.code)
        return answer
      },
    )
  }

  /** From now on new requests are turned away; resolves when those in flight are answered, or at the deadline. */
  drain(deadlineMs: number): Promise<void> {
    return this.#inFlight.drain(deadlineMs)
  }

  async #answer(endpoint: HttpEndpoint, raw: IncomingMessage): Promise<HttpAnswer> {
    try {
      const { method = '' } = raw
      if (this.#inFlight.stopping) throw gatewayErrors.stopping({ retryAfterS: 1 })
      if (!endpoint.methods.includes(method))
        throw gatewayErrors.method_not_allowed({ method, allow: endpoint.methods.join(', ') })
      return await endpoint.take(this.#request(endpoint, raw))
    } catch (error) {
      forget(raw)
      const { door } = endpoint
      this.#options.security.refused({ door, error, address: raw.socket.remoteAddress ?? '' })
      const answer = endpoint.refuse(error, raw)
      const level = answer.status >= 500 && answer.status !== 503 ? 'error' : 'debug'
      this.#options.log[level]('request refused', { door, code: answer.code, error })
      return answer
    }
  }

  #request(endpoint: HttpEndpoint, raw: IncomingMessage): EndpointRequest {
    const { headers, url = '' } = raw
    const question = url.indexOf('?')
    return {
      raw,
      headers,
      query: new URLSearchParams(question === -1 ? '' : url.slice(question + 1)),
      receivedAtMs: this.#options.now(),
      tenant: (claims) => {
        const { authorization } = headers
        return authenticate(this.#options.tenants, {
          authorization,
          orgId: textOf(headers['x-scope-orgid']),
          ...claims,
        })
      },
      holder: () => holderOf(this.#options.tenants, { authorization: headers.authorization }),
      withBody: (tenant, intake, use) => {
        intake.turnAway(tenant)
        return this.#withBody(endpoint, raw, tenant, use)
      },
    }
  }

  /** Holds the bytes of the body in the budget, packed and unpacked, for as long as `use` takes. */
  async #withBody<T>(
    { door, encodings = USUAL_ENCODINGS, assumedEncoding }: HttpEndpoint,
    raw: IncomingMessage,
    { tenant, limits: { maxRequestBytes: maxBytes } }: TenantConfig,
    use: (body: Buffer) => Promise<T>,
  ): Promise<T> {
    const { budget, metrics } = this.#options
    const header = raw.headers['content-encoding']
    const encoding = contentEncodingOf(header ?? assumedEncoding)
    if (encoding === undefined || !encodings.includes(encoding))
      throw gatewayErrors.content_encoding({ encoding: header ?? '(none)', acceptEncoding: encodings.join(', ') })
    const declaredBytes = Number(raw.headers['content-length'] ?? 0)
    const packed = await readBody(raw, { maxBytes, tenant, declaredBytes, budget })
    let held = packed.length
    try {
      const unpacking = () => unpack(packed, { maxBytes, tenant, encoding })
      const body = encoding === 'identity' ? packed : await this.#unpacking.during(tenant, unpacking)
      if (body !== packed) {
        budget.take(body.length)
        held += body.length
      }
      metrics.body(door, packed.length, body.length)
      try {
        return await use(body)
      } finally {
        // What was unpacked in one piece is a part of that piece.
        if (body !== packed) discardAround(body)
      }
    } finally {
      budget.giveBack(held)
      // A body that came in one piece is that piece.
      if (!buffers.giveBack(packed)) discard(packed)
    }
  }
}

/** Names as OpenTelemetry's conventions for HTTP servers have them. */
function headOf(door: string, { method = '', url = '', headers }: IncomingMessage): RequestHead {
  const path = url.split('?', 1)[0] ?? ''
  return {
    name: `${method} ${path}`,
    traceparent: textOf(headers.traceparent),
    tracestate: textOf(headers.tracestate),
    attributes: { 'http.request.method': method, 'http.route': path, 'url.path': path, 'pegel.door': door },
  }
}

function textOf(value: string | readonly string[] | undefined): string | undefined {
  const text = typeof value === 'string' ? value : value?.join(',')
  return text === '' ? undefined : text
}
