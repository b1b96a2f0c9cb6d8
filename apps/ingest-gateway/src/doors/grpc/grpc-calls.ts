import type { Metadata, ServerInterceptor, ServerUnaryCall } from '@grpc/grpc-js'
import { RpcException } from '@nestjs/microservices'
import type { TenantConfig } from '@pegel/tenancy'
import { gatewayErrors } from '../../errors.ts'
import { authenticate } from '../../ingest/authenticate.ts'
import type { Claims } from '../../ingest/authenticate.ts'
import type { BehindDoors } from '../door.ts'
import { InFlight } from '../in-flight.ts'
import type { Meaning } from '../meanings.ts'
import { admission, claimsOf } from './admission.ts'
import { grpcRefusal } from './grpc-status.ts'
import { methodPath } from './raw-service.ts'
import type { RawService } from './raw-service.ts'

export type GrpcCallsOptions = Pick<BehindDoors, 'tenants' | 'security' | 'budget' | 'metrics' | 'log' | 'now'>

/** A call whose head was judged. */
export interface Admitted {
  readonly claims: Claims
  /** As it was at the head of the call. */
  readonly tenant: TenantConfig
  /** Wall clock, ms since the epoch. */
  readonly receivedAtMs: number
}

export interface UnaryRequest extends Admitted {
  readonly body: Buffer
}

export interface UnaryAnswer {
  readonly body: Buffer
  /** For metrics and logs: `ok`, `partial` or the error's code. */
  readonly code: string
}

/** What is a method's own. */
export interface UnaryMethod {
  readonly door: string
  /** Of errors of the protocol alone. */
  readonly meanings: ReadonlyMap<string, Meaning>
  /** Errors may be thrown. */
  take(request: UnaryRequest): Promise<UnaryAnswer>
}

/** As long as a whole request may take over HTTP. */
const RECEIVE_TIMEOUT_MS = 60_000
/** Reason of calls that ended, by the client or its deadline, while they were handled; their points may be in Kafka. */
const CANCELLED = 'grpc.cancelled'

/** What is the same for every call, from its head to its status. */
export class GrpcCalls {
  readonly #options: GrpcCallsOptions
  readonly #inFlight = new InFlight()
  readonly #admitted = new WeakMap<Metadata, Admitted>()

  constructor(options: GrpcCallsOptions) {
    this.#options = options
  }

  get stopping(): boolean {
    return this.#inFlight.stopping
  }

  /** Stands in front of the methods of these services. */
  interceptor(services: readonly RawService[]): ServerInterceptor {
    const doors = services.flatMap((service) =>
      Object.keys(service.methods).map((method) => [methodPath(service, method), service.door] as const),
    )
    return admission({
      doors: new Map(doors),
      receiveTimeoutMs: RECEIVE_TIMEOUT_MS,
      admit: (metadata) => this.#admitted.set(metadata, this.#admit(metadata)),
      turnedAway: ({ door, reason: code, seconds, error, address }) => {
        this.#options.metrics.answered(door, code, seconds)
        this.#options.security.refused({ door, error, address })
        this.#options.log.debug('call refused', { door, code, error })
      },
    })
  }

  /** Of a call that the interceptor let pass. */
  admitted(metadata: Metadata): Admitted {
    const found = this.#admitted.get(metadata)
    if (found === undefined) throw new TypeError('a call that nobody admitted')
    return found
  }

  /** @throws as authenticate(), for a stream that lives longer than a key */
  authenticate(claims: Claims): TenantConfig {
    return authenticate(this.#options.tenants, claims)
  }

  /** Answers one message; rejects with what Nest gives to grpc-js as the status of the call. */
  async unary(method: UnaryMethod, call: ServerUnaryCall<Buffer, Buffer>): Promise<Buffer> {
    const started = performance.now()
    const { metrics, log } = this.#options
    let code = ''
    try {
      const answer = await this.#inFlight.during(() => this.#take(method, call))
      code = answer.code
      return answer.body
    } catch (error) {
      const refusal = grpcRefusal(error, method.meanings)
      code = refusal.reason
      log[refusal.ours ? 'error' : 'debug']('call refused', { door: method.door, code, error })
      throw new RpcException(refusal)
    } finally {
      metrics.answered(method.door, call.cancelled ? CANCELLED : code, (performance.now() - started) / 1000)
    }
  }

  /** Counts as in flight for as long as `work` takes. */
  during<T>(work: () => Promise<T>): Promise<T> {
    return this.#inFlight.during(work)
  }

  /** Holds the bytes of a message in the budget for as long as `use` takes. @throws gatewayErrors.body_too_large, overloaded */
  async holding<T>(door: string, { tenant, limits }: TenantConfig, body: Buffer, use: () => Promise<T>): Promise<T> {
    const { budget, metrics } = this.#options
    const maxBytes = limits.maxRequestBytes
    if (body.length > maxBytes) throw gatewayErrors.body_too_large({ maxBytes, tenant, unpacked: ' unpacked' })
    budget.take(body.length)
    try {
      // grpc-js does not tell how many bytes came over the wire.
      metrics.body(door, 0, body.length)
      return await use()
    } finally {
      budget.giveBack(body.length)
    }
  }

  /** From now on new calls are turned away; resolves when those in flight are answered, or at the deadline. */
  drain(deadlineMs: number): Promise<void> {
    return this.#inFlight.drain(deadlineMs)
  }

  #admit(metadata: Metadata): Admitted {
    if (this.#inFlight.stopping) throw gatewayErrors.stopping({ retryAfterS: 1 })
    const claims = claimsOf(metadata)
    return { claims, tenant: this.authenticate(claims), receivedAtMs: this.#options.now() }
  }

  async #take(method: UnaryMethod, call: ServerUnaryCall<Buffer, Buffer>): Promise<UnaryAnswer> {
    const admitted = this.admitted(call.metadata)
    const body = call.request
    return this.holding(method.door, admitted.tenant, body, () => method.take({ ...admitted, body }))
  }
}
