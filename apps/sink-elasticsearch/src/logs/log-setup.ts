import type { ElasticsearchClient } from '../elasticsearch.client.ts'
import type { TimeBoundsSetting } from '../time-bounds.ts'
import { logTemplateOf } from './log-template.ts'
import type { LogTemplateOptions } from './log-template.ts'

export interface LogSetupOptions extends Omit<LogTemplateOptions, 'bounds'> {
  readonly client: ElasticsearchClient
  readonly bounds: TimeBoundsSetting
}

/** Makes the template once per process. A stream is made by its first log: most tenants may never send one, and each stream is a shard. */
export class LogSetup {
  readonly #options: LogSetupOptions
  #made: Promise<void> | undefined

  constructor(options: LogSetupOptions) {
    this.#options = options
  }

  ensure(signal: AbortSignal): Promise<void> {
    this.#made ??= this.#make(signal).catch((error: unknown) => {
      this.#made = undefined
      throw error
    })
    return this.#made
  }

  /** Somebody has removed the template. */
  again(signal: AbortSignal): Promise<void> {
    this.#made = undefined
    return this.ensure(signal)
  }

  async #make(signal: AbortSignal): Promise<void> {
    const { client, bounds } = this.#options
    const isManaged = bounds.kind === 'auto' ? await client.managesTimeBounds(signal) : bounds.kind === 'managed'
    await client.putTemplate(logTemplateOf({ ...this.#options, bounds: isManaged ? 'managed' : 'fixed' }), signal)
  }
}
