import { describe, expect, it } from '@jest/globals'
import { createLogger, createMetrics } from '@pegel/telemetry'
import type { ChannelConfig } from '@pegel/tenancy'
import type { ChannelKind, ChannelServices } from './channel.ts'
import { CHANNEL_KINDS } from './kinds.ts'
import { openChannels } from './open-channels.ts'
import { sampleNotification } from './sample-notification.ts'

const lines: string[] = []
const services = {
  tenant: 'shop',
  log: createLogger({ service: 'test', level: 'info', destination: { write: (line) => void lines.push(line) } }),
  metrics: createMetrics({ service: 'test', defaults: false }),
} as unknown as ChannelServices
const config = (name: string, changes: Partial<ChannelConfig> = {}): ChannelConfig => ({
  ...{ type: 'log' as const, name, sendResolved: true, maxAlerts: 0, rateLimitPerMinute: 60, digestMs: 0 },
  fallback: undefined,
  ...(changes as object),
})
const { signal } = new AbortController()

describe('openChannels', () => {
  it('opens what the file names and nothing else', async () => {
    const channels = openChannels([config('ops')], services)
    expect(await channels.get('ops')?.send(sampleNotification(), signal)).toEqual({ status: 'sent' })
    expect(channels.get('other')).toBeUndefined()
    expect(lines.join()).toContain('"groupKey"')
    await channels.close()
  })

  it('fails what cannot be opened, says why, and takes the fallback', async () => {
    const broken: ChannelKind<'log'> = {
      type: 'log',
      idempotent: false,
      create({ name }) {
        if (name === 'broken') throw new Error('no such template')
        return { send: () => Promise.resolve({ status: 'sent' }) }
      },
    }
    const configs = [config('broken', { fallback: 'ops' }), config('ops', { fallback: 'broken' })]
    const channels = openChannels(configs, services, { ...CHANNEL_KINDS, log: broken })
    expect(await channels.get('broken')?.send(sampleNotification(), signal)).toEqual({ status: 'sent', via: 'ops' })
    expect(lines.join()).toContain('no such template')
  })

  it('ends when two that cannot name each other', async () => {
    const configs = [config('a', { fallback: 'b' }), config('b', { fallback: 'a' })]
    const log: ChannelKind<'log'> = {
      ...{ type: 'log', idempotent: false },
      create: () => ({ send: () => Promise.resolve({ status: 'failed', reason: 'wrong' }) }),
    }
    const channels = openChannels(configs, services, { ...CHANNEL_KINDS, log })
    expect(await channels.get('a')?.send(sampleNotification(), signal)).toMatchObject({ status: 'failed' })
  })
})
