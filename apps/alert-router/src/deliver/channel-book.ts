import type { Logger, Metrics } from '@pegel/telemetry'
import type { ChannelConfig, TenantDirectory } from '@pegel/tenancy'
import type { Channel } from '../channels/channel.ts'
import { openChannels } from '../channels/open-channels.ts'
import type { OpenChannels } from '../channels/open-channels.ts'
import type { SharedServices } from '../channels/settings.ts'

export interface ChannelBookOptions {
  readonly tenants: Pick<TenantDirectory, 'current' | 'onChange'>
  readonly log: Logger
  readonly metrics: Metrics
  /** What the channels of all tenants share. */
  readonly shared: SharedServices
  /** Wall clock, ms since the epoch. */
  readonly now: () => number
}

export interface OpenedChannel {
  readonly config: ChannelConfig
  readonly channel: Channel
}

interface TenantChannels {
  readonly configs: readonly ChannelConfig[]
  readonly channels: OpenChannels
}

/** Channels that are in use, by tenant and name; a new version of the tenant's file makes them anew. */
export class ChannelBook {
  readonly #options: ChannelBookOptions
  readonly #open = new Map<string, TenantChannels>()
  readonly #unsubscribe: () => void

  constructor(options: ChannelBookOptions) {
    this.#options = options
    this.#unsubscribe = options.tenants.onChange((tenant) => {
      this.#drop(tenant)
    })
  }

  /** Undefined: the tenant's file has no channel of this name. */
  open(tenant: string, name: string): OpenedChannel | undefined {
    const { configs, channels } = this.#of(tenant) ?? {}
    const config = configs?.find((each) => each.name === name)
    const channel = channels?.get(name)
    return config === undefined || channel === undefined ? undefined : { config, channel }
  }

  async close(): Promise<void> {
    this.#unsubscribe()
    const all = [...this.#open.values()]
    this.#open.clear()
    await Promise.all(all.map(({ channels }) => channels.close()))
    await this.#options.shared.egress.close()
  }

  #of(tenant: string): TenantChannels | undefined {
    const known = this.#open.get(tenant)
    if (known !== undefined) return known
    const { tenants, shared, log, metrics, now } = this.#options
    const found = tenants.current(tenant)
    if (found.status !== 'active') return undefined
    const { channels: configs } = found.config.alerting
    const { egress, operator } = shared
    const services = { tenant, log, metrics, now, egress, operator, secret: shared.secretsOf(tenant) }
    const opened = { configs, channels: openChannels(configs, services) }
    this.#open.set(tenant, opened)
    return opened
  }

  /** Sends under way finish on the old ones. */
  #drop(tenant: string): void {
    const old = this.#open.get(tenant)
    this.#open.delete(tenant)
    void old?.channels.close()
  }
}
