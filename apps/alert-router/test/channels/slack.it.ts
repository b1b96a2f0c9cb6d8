import { describe, expect, it } from '@jest/globals'
import { z } from 'zod'
import { slackChannel } from '../../src/channels/slack/slack.channel.ts'
import { sampleAlert, sampleNotification } from '../../src/channels/sample-notification.ts'
import { channelContract } from './channel-contract.ts'
import { startReceiver } from './receiver.ts'
import { SECRET, testServices } from './test-services.ts'

/** https://docs.slack.dev/reference/block-kit: the kinds that we use, with Slack's own limits. */
const mrkdwn = z.strictObject({ type: z.literal('mrkdwn'), text: z.string().min(1).max(3000) })
const plainText = (max: number) =>
  z.strictObject({ type: z.literal('plain_text'), text: z.string().min(1).max(max), emoji: z.boolean().optional() })
const block = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('header'), text: plainText(150) }),
  z.strictObject({ type: z.literal('section'), text: mrkdwn }),
  z.strictObject({ type: z.literal('context'), elements: z.array(mrkdwn).min(1).max(10) }),
  z.strictObject({
    type: z.literal('actions'),
    elements: z
      .array(
        z.strictObject({
          type: z.literal('button'),
          text: plainText(75),
          url: z.url().max(3000),
          action_id: z.string().min(1).max(255),
          style: z.enum(['primary', 'danger']).optional(),
        }),
      )
      .min(1)
      .max(25),
  }),
])
const message = z.strictObject({
  text: z.string().min(1).max(4000),
  blocks: z.array(block).min(1).max(50),
  channel: z.string().optional(),
  ts: z.string().optional(),
  thread_ts: z.string().optional(),
})

const OK = JSON.stringify({ ok: true, channel: 'C1', ts: '1.5', message: { text: 'x'.repeat(6000) } })
const base = {
  name: 'chat',
  sendResolved: true,
  maxAlerts: 0,
  fallback: undefined,
  rateLimitPerMinute: 60,
  digestMs: 0,
}
const none = { title: undefined, body: undefined }

async function open(
  mode: 'token' | 'webhook',
  templates: { title: string | undefined; body: string | undefined } = none,
) {
  const receiver = await startReceiver({ status: 200, body: mode === 'token' ? OK : 'ok' })
  const services = testServices({ slackApiUrl: `${receiver.url}/api/`, slackWebhookUrl: `${receiver.url}/hook` })
  const own = mode === 'token' ? { token: 'env:SLACK', channel: 'C1' } : { token: undefined, channel: undefined }
  const channel = slackChannel.create({ ...base, ...own, type: 'slack', webhookUrl: undefined, templates }, services)
  const close = async (): Promise<void> => {
    receiver.close()
    await services.egress.close()
  }
  return {
    receiver,
    services,
    channel,
    close,
    messages: () => receiver.received.map(({ body }) => message.parse(JSON.parse(body))),
  }
}

describe.each(['token', 'webhook'] as const)('with a %s', (mode) => {
  channelContract({
    name: 'slack',
    async open() {
      const { receiver, services, channel, close, messages } = await open(mode)
      let refused = 0
      return {
        channel,
        taken: () =>
          messages()
            .slice(refused)
            .map((each) => JSON.stringify(each)),
        refuseNext(how) {
          refused += 1
          const inBody = {
            status: 200,
            body: JSON.stringify({ ok: false, error: how === 'passing' ? 'ratelimited' : 'invalid_auth' }),
          }
          receiver.replies.push(
            mode === 'token' ? inBody : { status: how === 'passing' ? 429 : 404, body: 'no_service' },
          )
        },
        goAway() {
          receiver.close()
          return Promise.resolve()
        },
        logLines: services.lines,
        close,
      }
    },
  })
})

describe('slack', () => {
  const { signal } = new AbortController()

  it('makes one thread of a group, and changes its head when it is over', async () => {
    const { receiver, channel, messages, close } = await open('token')
    const first = await channel.send(sampleNotification(), signal)
    expect(first).toEqual({ status: 'sent', ref: 'C1:1.5' })
    const over = sampleNotification({
      event: 'resolved',
      updateOf: 'C1:1.5',
      alerts: [sampleAlert({ status: 'resolved' })],
    })
    expect(await channel.send(over, signal)).toEqual({ status: 'sent', ref: 'C1:1.5' })
    expect(receiver.received.map(({ path }) => path)).toEqual([
      '/api/chat.postMessage',
      '/api/chat.update',
      '/api/chat.postMessage',
    ])
    expect(receiver.received[0]?.headers.authorization).toBe(`Bearer ${SECRET}`)
    const [head, changed, reply] = messages()
    expect([head?.channel, changed?.channel, changed?.ts, reply?.thread_ts]).toEqual(['C1', 'C1', '1.5', '1.5'])
    const kinds = (each: typeof head) => each?.blocks.map(({ type }) => type)
    expect([kinds(head), kinds(changed)]).toEqual([
      ['header', 'section', 'actions', 'context'],
      ['header', 'section', 'context'],
    ])
    await close()
  })

  it('says it anew when the head is not there any more', async () => {
    const { receiver, channel, messages, close } = await open('token')
    receiver.replies.push({ status: 200, body: JSON.stringify({ ok: false, error: 'message_not_found' }) })
    const over = sampleNotification({ event: 'resolved', updateOf: 'C1:0.1' })
    expect(await channel.send(over, signal)).toEqual({ status: 'sent', ref: 'C1:1.5' })
    expect(receiver.received.map(({ path }) => path)).toEqual(['/api/chat.update', '/api/chat.postMessage'])
    expect(messages()[1]).not.toHaveProperty('thread_ts')
    await close()
  })

  it('goes to another channel or person when a step says so', async () => {
    const { channel, messages, close } = await open('token')
    await channel.send(sampleNotification({ to: 'U7' }), signal)
    expect(messages()[0]?.channel).toBe('U7')
    await close()
  })

  it('lets no label call a channel or make a link', async () => {
    const { channel, receiver, close } = await open('webhook')
    const nasty = sampleAlert({ annotations: { summary: '<!channel> <https://evil.example|click>' } })
    await channel.send(sampleNotification({ alerts: [nasty] }), signal)
    const parsed = message.parse(JSON.parse(receiver.received[0]?.body ?? ''))
    for (const each of parsed.blocks)
      if (each.type === 'section') expect(each.text.text).not.toMatch(/<(!|https:\/\/evil)/)
    await close()
  })

  it('says it in the tenant’s words', async () => {
    const templates = { title: 'Shop {{event}}', body: '{{#alerts}}{{name}}: {{summary}}\n{{/alerts}}' }
    const { channel, messages, close } = await open('webhook', templates)
    await channel.send(sampleNotification(), signal)
    expect(messages()[0]).toMatchObject({ text: 'Shop firing' })
    expect(JSON.stringify(messages()[0]?.blocks[1])).toContain('EndpointFails: Half of the checkouts fail')
    await close()
  })

  it('names the setting when there is neither token nor webhook', async () => {
    const services = testServices()
    const config = {
      ...base,
      type: 'slack' as const,
      token: undefined,
      channel: undefined,
      webhookUrl: undefined,
      templates: none,
    }
    const result = await slackChannel.create(config, services).send(sampleNotification(), signal)
    expect(result).toMatchObject({ status: 'failed', reason: expect.stringContaining('SLACK_WEBHOOK_URL') })
    await services.egress.close()
  })
})
