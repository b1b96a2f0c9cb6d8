import { createHmac } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { z } from 'zod'
import { sampleAlert, sampleNotification } from '../../src/channels/sample-notification.ts'
import { webhookChannel } from '../../src/channels/webhook/webhook.channel.ts'
import { channelContract } from './channel-contract.ts'
import { startReceiver } from './receiver.ts'
import { SECRET, testServices } from './test-services.ts'

const strings = z.record(z.string(), z.string())
/** https://prometheus.io/docs/alerting/latest/configuration/#webhook_config, and our own key. */
const body = z.strictObject({
  version: z.literal('4'),
  groupKey: z.string(),
  truncatedAlerts: z.int(),
  status: z.enum(['firing', 'resolved']),
  receiver: z.string(),
  groupLabels: strings,
  commonLabels: strings,
  commonAnnotations: strings,
  externalURL: z.string(),
  alerts: z.array(
    z.strictObject({
      status: z.enum(['firing', 'resolved']),
      labels: strings,
      annotations: strings,
      startsAt: z.iso.datetime(),
      endsAt: z.iso.datetime(),
      generatorURL: z.string(),
      fingerprint: z.string().regex(/^[0-9a-f]{16}$/),
    }),
  ),
  pegel: z.looseObject({ tenant: z.string(), event: z.string(), idempotencyKey: z.string() }),
})

const settings = {
  ...{ type: 'webhook' as const, name: 'hook', sendResolved: true, maxAlerts: 0, fallback: undefined },
  ...{ rateLimitPerMinute: 60, digestMs: 0 },
}

async function open(secret = 'env:HOOK') {
  const receiver = await startReceiver({ status: 200 })
  const services = testServices()
  const channel = webhookChannel.create({ ...settings, url: `${receiver.url}/alerts`, secret }, services)
  return { receiver, services, channel }
}

channelContract({
  name: 'webhook',
  async open() {
    const { receiver, services, channel } = await open()
    let refused = 0
    return {
      channel,
      taken: () => receiver.received.slice(refused).map((each) => each.body),
      refuseNext(how) {
        refused += 1
        receiver.replies.push({ status: how === 'passing' ? 503 : 400 })
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

describe('webhook', () => {
  it('posts Alertmanager’s body, signed with the time, and the same key again', async () => {
    const { receiver, services, channel } = await open()
    const ended = sampleAlert({ status: 'resolved', endsAtMs: Date.UTC(2026, 0, 2) })
    await channel.send(sampleNotification({ alerts: [sampleAlert(), ended] }), new AbortController().signal)
    const [request] = receiver.received
    const parsed = body.parse(JSON.parse(request?.body ?? ''))
    expect(parsed.alerts.map(({ endsAt }) => endsAt)).toEqual(['0001-01-01T00:00:00Z', '2026-01-02T00:00:00.000Z'])
    const [, seconds = '', signature] =
      /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(request?.headers['x-pegel-signature'])) ?? []
    expect(signature).toBe(
      createHmac('sha256', SECRET)
        .update(`${seconds}.${request?.body ?? ''}`)
        .digest('hex'),
    )
    expect([seconds, request?.headers['idempotency-key']]).toEqual([String(Date.UTC(2026, 0, 1) / 1000), 'send-1'])
    receiver.close()
    await services.egress.close()
  })

  it('follows no redirect', async () => {
    const { receiver, services, channel } = await open()
    receiver.replies.push({ status: 307, headers: { location: `${receiver.url}/inside` } })
    expect(await channel.send(sampleNotification(), new AbortController().signal)).toMatchObject({ status: 'failed' })
    expect(receiver.received.map(({ path }) => path)).toEqual(['/alerts'])
    receiver.close()
    await services.egress.close()
  })

  it('says which secret is missing, and sends nothing unsigned', async () => {
    const { receiver, services, channel } = await open('env:NONE')
    const result = await channel.send(sampleNotification(), new AbortController().signal)
    expect(result).toMatchObject({ status: 'failed', reason: expect.stringContaining('PEGEL_SECRET_SHOP_NONE') })
    expect(receiver.received).toEqual([])
    receiver.close()
    await services.egress.close()
  })
})
