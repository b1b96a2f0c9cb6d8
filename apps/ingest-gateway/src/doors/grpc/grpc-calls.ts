import type { Metadata, ServerInterceptor, ServerUnaryCall } from '@grpc/grpc-js'
import { RpcException } from '@nestjs/microservices'
import type { TenantConfig } from '@pegel/tenancy'
import { gatewayErrors } from '../../errors.ts'
import { authenticate } from '../../ingest/authenticate.ts'
import type { Claims } from '../../ingest/authenticate.ts'
import type { BehindDoors } from '../door.ts'
import { InFlight } from '../in-flight.ts'
import type { Meaning } from '../meanings.ts'
import { traced } from '../request-trace.ts'
import { admission } from './admission.ts'
import { grpcRefusal } from './grpc-status.ts'
import type { GrpcRefusal } from './grpc-status.ts'
import { claimsOf, headOf } from './metadata.ts'
import { discardMessage, methodPath } from './raw-service.ts'
import type { RawService } from './raw-service.ts'

export type GrpcCallsOptions = Pick<
  BehindDoors,
  'tenants' | 'security' | 'budget' | 'metrics' | 'log' | 'tracing' | 'now'
>

/** A call whose head was judged. */
export interface Admitted {
  readonly claims: Claims
  /** As it was at the head of the call. */
  readonly tenant: TenantConfig
  /** Wall clock, ms since the epoch. */
  readonly receivedAtMs: number
}

/** One message: a unary call's only one, or one of a stream. */
export interface GrpcMessage {
  readonly tenant: TenantConfig
  readonly receivedAtMs: number
  readonly body: Buffer
}

export interface GrpcAnswer {
  readonly body: Buffer
  /** For metrics and logs: `ok` or `partial`. */
  readonly code: string
}

/** What is a method's own. */
export interface GrpcEndpoint {
  readonly door: string
  /** Of errors of the protocol alone. */
  readonly meanings: ReadonlyMap<string, Meaning>
  /** Errors may be thrown. What it does before its first await is done in the order of arrival. */
  take(message: GrpcMessage): Promise<GrpcAnswer>
}

/** What became of a message. */
export type GrpcOutcome = GrpcAnswer | { readonly refusal: GrpcRefusal; readonly code: string }

/** A message and how it came. */
export interface Delivery extends GrpcMessage {
  readonly path: string
  readonly metadata: Metadata
}

/** What is the same for every call, from its head to its status. */
export class GrpcCalls {
  readonly #options: GrpcCallsOptions
  readonly #inFlight = new InFlight()
  readonly #admitted = new WeakMap<Metadata, Admitted>()
  readonly #onStop = new Set<() => void>()

  constructor(options: GrpcCallsOptions) {
    this.#options = options
  }

  get stopping(): boolean {
    return this.#inFlight.stopping
  }

  /** Stands in front of the methods of these services. */
  interceptor(services: readonly RawService[]): ServerInterceptor {
    const { metrics, security, log } = this.#options
    const doors = services.flatMap((service) =>
      Object.keys(service.methods).map((method) => [methodPath(service, method), service.door] as const),
    )
    return admission({
      doors: new Map(doors),
      admit: (metadata) => this.#admitted.set(metadata, this.#admit(metadata)),
      inFlight: this.#inFlight,
      turnedAway: ({ door, reason: code, seconds, error, address }) => {
        metrics.answered(door, code, seconds)
        security.refused({ door, error, address })
        log.debug('call refused', { door, code, error })
      },
    })
  }

  /** Of a call that the interceptor let pass. */
  admitted(metadata: Metadata): Admitted {
    const found = this.#admitted.get(metadata)
    if (found === undefined) throw new TypeError('a call that nobody admitted')
    return found
  }

  /** For a stream that may outlive its key. @throws as authenticate() */
  authenticate(claims: Claims): TenantConfig {
    return authenticate(this.#options.tenants, claims)
  }

  /** Answers a call of one message; rejects with what Nest gives to grpc-js as the status of the call. */
  async unary(endpoint: GrpcEndpoint, call: ServerUnaryCall<Buffer, Buffer>): Promise<Buffer> {
    const { metadata, request: body } = call
    const { tenant, receivedAtMs } = this.admitted(metadata)
    const outcome = await this.take(endpoint, { tenant, receivedAtMs, body, path: call.getPath(), metadata })
    if ('refusal' in outcome) throw new RpcException(outcome.refusal)
    return outcome.body
  }

  /** Has a message taken, and counted; never rejects. */
  take(endpoint: GrpcEndpoint, delivery: Delivery): Promise<GrpcOutcome> {
    const started = performance.now()
    const { metrics, log, tracing } = this.#options
    const { door } = endpoint
    return traced(
      tracing,
      () => headOf(door, delivery.path, delivery.metadata),
      async (span) => {
        const outcome = await this.#outcome(endpoint, delivery)
        const { code } = outcome
        const seconds = (performance.now() - started) / 1000
        metrics.answered(door, code, seconds)
        log.debug('call answered', { door, code, seconds })
        span?.set({ 'rpc.grpc.status_code': 'refusal' in outcome ? outcome.refusal.code : 0, 'pegel.answer': code })
        if ('refusal' in outcome && outcome.refusal.failure) span?.fail(code)
        return outcome
      },
    )
  }

  /** Calls back once, when new calls are turned away; gives the unsubscriber. */
  onStop(listener: () => void): () => void {
    this.#onStop.add(listener)
    return () => this.#onStop.delete(listener)
  }

  /** From now on new calls are turned away; resolves when those in flight are answered, or at the deadline. */
  drain(deadlineMs: number): Promise<void> {
    const drained = this.#inFlight.drain(deadlineMs)
    for (const listener of this.#onStop) listener()
    return drained
  }

  #admit(metadata: Metadata): Admitted {
    if (this.#inFlight.stopping) throw gatewayErrors.stopping({ retryAfterS: 1 })
    const claims = claimsOf(metadata)
    return { claims, tenant: this.authenticate(claims), receivedAtMs: this.#options.now() }
  }

  async #outcome(endpoint: GrpcEndpoint, delivery: Delivery): Promise<GrpcOutcome> {
    try {
      return await this.#holding(endpoint, delivery)
    } catch (error) {
      const refusal = grpcRefusal(error, endpoint.meanings)
      const code = refusal.reason
      this.#options.log[refusal.ours ? 'error' : 'debug']('call refused', { door: endpoint.door, code, error })
      return { refusal, code }
    }
  }

  /** Holds the bytes of the message in the budget for as long as it is worked on, and frees them then. */
  async #holding(endpoint: GrpcEndpoint, message: GrpcMessage): Promise<GrpcAnswer> {
    const { budget, metrics } = this.#options
    const { tenant, body } = message
    const { length: bytes } = body
    const maxBytes = tenant.limits.maxRequestBytes
    if (bytes > maxBytes) {
      throw gatewayErrors.body_too_large({ maxBytes, tenant: tenant.tenant, unpacked: ' unpacked' })
    }
    budget.take(bytes)
    try {
      // grpc-js does not tell how many bytes came over the wire.
      metrics.body(endpoint.door, 0, bytes)
      return await endpoint.take(message)
    } finally {
      budget.giveBack(bytes)
      discardMessage(body)
    }
  }
}
