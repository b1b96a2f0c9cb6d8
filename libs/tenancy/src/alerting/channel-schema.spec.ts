import { describe, expect, it } from '@jest/globals'
import { channelSchema, toChannel } from './channel-schema.ts'
import type { ChannelConfig } from './channel-schema.ts'

const read = (raw: object): ChannelConfig => toChannel(channelSchema.parse({ name: 'ops', ...raw }))
const problemOf = (raw: object): string => {
  const parsed = channelSchema.safeParse({ name: 'ops', ...raw })
  return parsed.success ? '' : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join()
}

describe('a channel of a tenant’s file', () => {
  it('has limits that suit most when it says nothing', () => {
    expect(read({ type: 'log' })).toEqual({
      ...{ type: 'log', name: 'ops', sendResolved: true, maxAlerts: 0, fallback: undefined },
      ...{ rateLimitPerMinute: 60, digestMs: 0 },
    })
  })

  it.each([
    [
      { type: 'slack', token: 'env:SLACK', channel: 'C1' },
      { token: 'env:SLACK', channel: 'C1' },
    ],
    [
      { type: 'slack', webhook_url: 'file:slack' },
      { webhookUrl: 'file:slack', token: undefined },
    ],
    [
      { type: 'email', to: ['a@b.example'], templates: { title: 'x' } },
      { addresses: ['a@b.example'], templates: { title: 'x' } },
    ],
    [{ type: 'pagerduty', routing_key: 'env:PD' }, { routingKey: 'env:PD' }],
    [
      { type: 'webhook', url: 'https://a.example/x', secret: 'env:HOOK' },
      { url: 'https://a.example/x', secret: 'env:HOOK' },
    ],
    [
      { type: 'log', digest: '30s', rate_limit_per_minute: 5 },
      { digestMs: 30_000, rateLimitPerMinute: 5 },
    ],
  ])('reads %j', (raw, expected) => {
    expect(read(raw)).toMatchObject(expected)
  })

  it.each([
    [{ type: 'slack', token: 'xoxb-1-2-3', channel: 'C1' }, 'token: Name a secret'],
    [{ type: 'slack', token: 'env:SLACK' }, 'token: Write both'],
    [{ type: 'pagerduty', routing_key: 'file:../../etc/passwd' }, 'routing_key: Name a secret'],
    [{ type: 'pagerduty', routing_key: 'env:PD', digest: '1m' }, 'digest: An incident'],
    [{ type: 'pagerduty', routing_key: 'env:path' }, 'routing_key: Name a secret'],
    [{ type: 'email', to: ['nobody'] }, 'to.0'],
    [{ type: 'webhook', url: 'file:///etc/passwd', secret: 'env:A' }, 'url'],
    [{ type: 'email', to: ['a@b.example'], templates: { title: 'x'.repeat(4097) } }, 'templates.title'],
    [{ type: 'telegraph' }, 'type'],
  ])('refuses %j', (raw, problem) => {
    expect(problemOf(raw)).toContain(problem)
  })
})
