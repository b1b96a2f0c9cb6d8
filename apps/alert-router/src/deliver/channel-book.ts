import type { Logger, Metrics } from '@pegel/telemetry'
import type { ChannelConfig, TenantDirectory } from '@pegel/tenancy'
import type { Channel } from '../channels/channel.ts'
import { openChannel } from '../channels/open-channel.ts'

export interface ChannelBookOptions {
  readonly tenants: Pick<TenantDirectory, 'current' | 'onChange'>
  readonly log: Logger
  readonly metrics: Metrics
  readonly secret: (ref: string) => string | undefined
  readonly now: () => number
}

export interface OpenedChannel {
  readonly config: ChannelConfig
  readonly channel: Channel
}

/** Channels that are in use, by tenant and name; a new version of the tenant's file makes them anew. */
export class ChannelBook {
  readonly #options: ChannelBookOptions
  readonly #open = new Map<string, Map<string, OpenedChannel>>()
  readonly #unsubscribe: () => void

  constructor(options: ChannelBookOptions) {
    this.#options = options
    this.#unsubscribe = options.tenants.onChange((tenant) => {
      this.#drop(tenant)
    })
  }

  /** Undefined: the tenant's file has no channel of this name. */
  open(tenant: string, name: string): OpenedChannel | undefined {
    const known = this.#open.get(tenant)?.get(name)
    if (known !== undefined) return known
    const found = this.#options.tenants.current(tenant)
    if (found.status !== 'active') return undefined
    const { channels } = found.config.alerting
    const config = channels.find((each) => each.name === name)
    if (config === undefined) return undefined
    const opened = { config, channel: openChannel(config, channels, { ...this.#options, tenant }) }
    const own = this.#open.get(tenant) ?? new Map<string, OpenedChannel>()
    this.#open.set(tenant, own.set(name, opened))
    return opened
  }

  async close(): Promise<void> {
    this.#unsubscribe()
    const all = [...this.#open.values()].flatMap((own) => [...own.values()])
    this.#open.clear()
    await Promise.all(all.map(({ channel }) => channel.close?.()))
  }

  /** Sends under way finish on the old ones. */
  #drop(tenant: string): void {
    const own = this.#open.get(tenant)
    this.#open.delete(tenant)
    for (const { channel } of own?.values() ?? []) void channel.close?.()
  }
}
