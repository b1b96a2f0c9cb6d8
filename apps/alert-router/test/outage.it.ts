import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { eventually } from '@pegel/testing'
import { startMailServer } from './channels/mail-server.ts'
import type { MailServer } from './channels/mail-server.ts'
import { startReceiver } from './channels/receiver.ts'
import type { Receiver } from './channels/receiver.ts'
import { Harness } from './support/harness.ts'

const FILE = `
  channels:
    - { name: chat, type: slack, fallback: mail, rate_limit_per_minute: 6000 }
    - { name: mail, type: email, to: [ops@b.example], rate_limit_per_minute: 6000 }
  receivers: [{ name: team, channels: [chat] }]
  route: { receiver: team, group_by: [alertname], group_wait: 0s }
`
const ALERTS = ['A', 'B', 'C', 'D']
const PATIENCE = { deadlineMs: 30_000 }

let harness: Harness
let slack: Receiver
let smtp: MailServer

beforeEach(async () => {
  slack = await startReceiver({ status: 200, body: 'ok' })
  smtp = await startMailServer({ starttls: false })
  harness = new Harness()
  await harness.start()
  await harness.publish('acme', 1, FILE)
})

afterEach(async () => {
  await harness.close()
  slack.close()
  await smtp.close()
})

const settings = (): Readonly<Record<string, string>> => ({
  SLACK_WEBHOOK_URL: slack.url,
  EMAIL_SMTP_SERVER: `127.0.0.1:${smtp.port}`,
  PEGEL_MAIL_TLS: 'off',
  PEGEL_ALERT_EGRESS_ALLOW: '127.0.0.0/8',
})

const named = (texts: readonly string[]): readonly string[] =>
  ALERTS.filter((name) => texts.some((text) => text.includes(`Down${name}`)))

async function fireAll(): Promise<void> {
  for (const name of ALERTS) await harness.fire(`Down${name}`)
}

describe('while Slack is down', () => {
  it('mail takes over, and nothing is lost', async () => {
    slack.replies.push(...Array.from({ length: 100 }, () => ({ status: 503 })))
    const { metrics } = await harness.startService(settings())
    await fireAll()
    await eventually(() => expect(named(smtp.mails.map(({ text }) => text))).toEqual(ALERTS), PATIENCE)
    expect(smtp.mails).toHaveLength(ALERTS.length)
    await eventually(async () =>
      expect(await metrics.expose()).toMatch(/^pegel_alert_router_fallbacks_total\{.*channel="slack".*\} 4$/m),
    )
  })
})

describe('while Slack and the mail server are down', () => {
  it('everything waits, and is told once when one of them is back', async () => {
    slack.replies.push(...Array.from({ length: 1000 }, () => ({ status: 503 })))
    smtp.refusals.push(...Array.from({ length: 1000 }, () => 451))
    const { metrics } = await harness.startService(settings())
    await fireAll()
    // Each has been tried by both channels, and is kept.
    await eventually(
      async () =>
        expect(await metrics.expose()).toMatch(
          /^pegel_alert_router_notifications_total\{.*status="retryable".*\} [4-9]/m,
        ),
      PATIENCE,
    )
    expect(smtp.mails).toEqual([])
    slack.replies.length = 0
    smtp.refusals.length = 0
    const before = slack.received.length
    await eventually(() => {
      const told = slack.received.slice(before).map(({ body }) => body)
      expect(named([...told, ...smtp.mails.map(({ text }) => text)])).toEqual(ALERTS)
    }, PATIENCE)
    await eventually(async () =>
      expect(await metrics.expose()).toMatch(/^pegel_alert_router_sends_under_way\{?.*\}? 0$/m),
    )
    expect(slack.received.length - before + smtp.mails.length).toBe(ALERTS.length)
  })
})
