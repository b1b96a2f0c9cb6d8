import { describe, expect, it } from '@jest/globals'
import { z } from 'zod'
import { pagerdutyChannel } from '../../src/channels/pagerduty/pagerduty.channel.ts'
import { sampleAlert, sampleNotification } from '../../src/channels/sample-notification.ts'
import { channelContract } from './channel-contract.ts'
import { startReceiver } from './receiver.ts'
import { SECRET, testServices } from './test-services.ts'

/** https://developer.pagerduty.com/docs/send-alert-event */
const head = { routing_key: z.string().min(1), dedup_key: z.string().min(1).max(255) }
const event = z.discriminatedUnion('event_action', [
  z.strictObject({
    event_action: z.literal('trigger'),
    ...head,
    client: z.string(),
    payload: z.strictObject({
      summary: z.string().min(1).max(1024),
      source: z.string().min(1),
      severity: z.enum(['critical', 'error', 'warning', 'info']),
      timestamp: z.iso.datetime(),
      group: z.string(),
      custom_details: z.looseObject({}),
    }),
    links: z.array(z.strictObject({ href: z.url(), text: z.string() })),
  }),
  z.strictObject({ event_action: z.literal('acknowledge'), ...head }),
  z.strictObject({ event_action: z.literal('resolve'), ...head }),
])
const MAX_BYTES = 512 * 1024

async function open() {
  const receiver = await startReceiver({ status: 202, body: '{"status":"success"}' })
  const services = testServices({ pagerdutyUrl: `${receiver.url}/v2/enqueue` })
  const base = {
    name: 'pd',
    sendResolved: true,
    maxAlerts: 0,
    fallback: undefined,
    rateLimitPerMinute: 60,
    digestMs: 0,
  }
  const templates = { title: undefined, body: undefined }
  const channel = pagerdutyChannel.create({ ...base, type: 'pagerduty', routingKey: 'env:PD', templates }, services)
  const events = () =>
    receiver.received.map(({ body }) => {
      expect(Buffer.byteLength(body)).toBeLessThan(MAX_BYTES)
      return event.parse(JSON.parse(body))
    })
  return { receiver, services, channel, events }
}

channelContract({
  name: 'pagerduty',
  async open() {
    const { receiver, services, channel, events } = await open()
    let refused = 0
    return {
      channel,
      taken: () =>
        events()
          .slice(refused)
          .map((each) => JSON.stringify(each)),
      refuseNext(how) {
        refused += 1
        receiver.replies.push({ status: how === 'passing' ? 429 : 400, body: '{"status":"invalid event"}' })
      },
      goAway() {
        receiver.close()
        return Promise.resolve()
      },
      logLines: services.lines,
      async close() {
        receiver.close()
        await services.egress.close()
      },
    }
  },
})

describe('pagerduty', () => {
  it('opens, acknowledges and resolves one incident', async () => {
    const { receiver, services, channel, events } = await open()
    const { signal } = new AbortController()
    const security = sampleAlert({ labels: { alertname: 'FailedLogins', severity: 'security', tenant: 'shop' } })
    await channel.send(sampleNotification({ alerts: [security] }), signal)
    await channel.send(sampleNotification({ event: 'acknowledged' }), signal)
    await channel.send(sampleNotification({ event: 'resolved' }), signal)
    expect(events()).toMatchObject([
      { event_action: 'trigger', payload: { severity: 'critical', source: 'shop' }, routing_key: SECRET },
      { event_action: 'acknowledge' },
      { event_action: 'resolve' },
    ])
    expect(new Set(events().map(({ dedup_key: key }) => key))).toEqual(new Set(['group-1']))
    expect(receiver.received.map(({ path }) => path)).toEqual(Array.from({ length: 3 }, () => '/v2/enqueue'))
    receiver.close()
    await services.egress.close()
  })
})
