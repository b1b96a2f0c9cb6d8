import { messageOf } from '@pegel/errors'
import type { SinkName, TenantConfig, TenantDirectory } from '@pegel/tenancy'
import type { Logger } from '@pegel/telemetry'
import { sinkErrors } from './sink-errors.ts'
import type { Sink } from './sink.ts'
import { withDeadline } from './with-deadline.ts'

export interface PreparerOptions {
  readonly sink: Pick<Sink<never>, 'prepare'>
  readonly sinkName: SinkName
  readonly tenants: Pick<TenantDirectory, 'all' | 'onChange'>
  readonly timeoutMs: number
  readonly log: Logger
}

/** Makes what tenants need in the backend, once per version of a tenant's file, ahead of their first write. */
export class TenantPreparer {
  readonly #options: PreparerOptions
  readonly #done = new Map<string, { readonly version: number; readonly ready: Promise<void> }>()
  readonly #controllers = new Set<AbortController>()
  #unsubscribe: () => void = () => undefined

  constructor(options: PreparerOptions) {
    this.#options = options
  }

  /** Prepares all tenants known now and every later version; a failure is only logged here, since their writes ask again. */
  start(): void {
    if (this.#options.sink.prepare === undefined) return
    this.#unsubscribe = this.#options.tenants.onChange((tenant, config) => {
      if (config === undefined) this.#done.delete(tenant)
      else this.#ahead(config)
    })
    for (const config of this.#options.tenants.all()) this.#ahead(config)
  }

  /** Resolves when the backend has what this version of the tenant's file needs; costs nothing when it is known to. */
  ensure(config: TenantConfig): Promise<void> {
    const { sink } = this.#options
    if (sink.prepare === undefined) return Promise.resolve()
    const known = this.#done.get(config.tenant)
    if (known?.version === config.version) return known.ready
    const ready = this.#prepare(config)
    this.#done.set(config.tenant, { version: config.version, ready })
    ready.catch(() => {
      if (this.#done.get(config.tenant)?.ready === ready) this.#done.delete(config.tenant)
    })
    return ready
  }

  close(): void {
    this.#unsubscribe()
    for (const controller of this.#controllers) controller.abort(sinkErrors.aborted({ reason: 'the sink stops' }))
  }

  async #prepare(config: TenantConfig): Promise<void> {
    const { sink, timeoutMs } = this.#options
    const controller = new AbortController()
    this.#controllers.add(controller)
    try {
      const onTimeout = (): Error => sinkErrors.write_timeout({ timeoutMs })
      const work = async (signal: AbortSignal): Promise<void> => sink.prepare?.(config, signal)
      await withDeadline(work, { controller, timeoutMs, onTimeout })
    } finally {
      this.#controllers.delete(controller)
    }
  }

  #ahead(config: TenantConfig): void {
    const { sinkName, log } = this.#options
    if (!config.sinks.includes(sinkName)) return
    this.ensure(config).catch((error: unknown) => {
      log.warn('backend could not be prepared for a tenant; tried again before its next write', {
        tenant_id: config.tenant,
        problem: messageOf(error),
      })
    })
  }
}
