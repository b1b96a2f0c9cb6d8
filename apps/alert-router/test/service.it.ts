import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { checkLink } from '@pegel/alerting'
import { eventually } from '@pegel/testing'
import { startReceiver } from './channels/receiver.ts'
import type { Receiver } from './channels/receiver.ts'
import { Harness } from './support/harness.ts'

const SECRET = 's'.repeat(32)
let harness: Harness
let outside: Receiver

const file = (groupInterval: string): string => `
  channels: [{ name: chat, type: slack, rate_limit_per_minute: 6000 }]
  receivers: [{ name: team, channels: [chat] }]
  route: { receiver: team, group_by: [alertname], group_wait: 0s, group_interval: ${groupInterval} }
`

beforeEach(async () => {
  outside = await startReceiver({ status: 200, body: 'ok' })
  harness = new Harness()
  await harness.start()
})

afterEach(async () => {
  await harness.close()
  outside.close()
})

const env = (): Readonly<Record<string, string>> => ({
  SLACK_WEBHOOK_URL: `${outside.url}/slack`,
  PEGEL_ALERT_EGRESS_ALLOW: '127.0.0.0/8',
  PEGEL_HEARTBEAT_URL: `${outside.url}/heartbeat`,
  PEGEL_PUBLIC_URL: 'https://pegel.example',
  PEGEL_LINK_SECRET: SECRET,
})
const at = (path: string): readonly string[] =>
  outside.received.flatMap((each) => (each.path === path ? each.body : []))

describe('the service', () => {
  it('sends links that act on what they were sent for, over channels as the newest file has them', async () => {
    await harness.publish('acme', 1, file('1m'))
    await harness.startService(env())
    await harness.fire('Down')
    await eventually(() => expect(at('/slack')).toHaveLength(1))
    const [body = ''] = at('/slack')
    const [, token = ''] = /https:\/\/pegel\.example\/alerts\/act\?token=([\w.-]+)/.exec(body) ?? []
    expect(checkLink(token, SECRET, Date.now())).toMatchObject({ status: 'valid', claim: { tenant: 'acme' } })
    await harness.publish('acme', 2, file('2m'))
    await harness.fire('Another')
    await eventually(() => expect(at('/slack')).toHaveLength(2))
  })

  it('tells an outside service of each watchdog, whatever that answers', async () => {
    await harness.startService(env())
    outside.replies.push({ status: 500 })
    for (const count of [1, 2]) {
      await harness.act({ heartbeat: { name: 'Watchdog' } }, 'pegel')
      await eventually(() => expect(at('/heartbeat')).toHaveLength(count))
    }
  })
})
