import { describe, expect, it } from '@jest/globals'
import { z } from 'zod'
import { channelSettings, createSharedServices } from './settings.ts'

const schema = z.object(channelSettings)
const open = (env: Readonly<Record<string, string>>) => createSharedServices(schema.parse(env), env)

describe('settings of channels', () => {
  it('need nothing', () => {
    expect(open({}).operator).toMatchObject({
      ...{ slackWebhookUrl: undefined, smtpServer: undefined, smtpTls: 'required', smtpCa: undefined },
      ...{ slackApiUrl: 'https://slack.com/api/', pagerdutyUrl: 'https://events.pagerduty.com/v2/enqueue' },
    })
  })

  it('are the operator’s, and each tenant’s secrets its own', () => {
    const { operator, secretsOf } = open({
      ...{ EMAIL_SMTP_SERVER: 'mail.example:25', SLACK_WEBHOOK_URL: 'https://hooks.example/x', PEGEL_MAIL_TLS: 'off' },
      ...{ PEGEL_MAIL_CA: 'apps/ingest-gateway/test/tls/ca.pem', PEGEL_SECRET_SHOP_HOOK: 'of the shop' },
    })
    expect(operator).toMatchObject({ smtpServer: 'mail.example:25', slackWebhookUrl: 'https://hooks.example/x' })
    expect(operator.smtpCa).toContain('BEGIN CERTIFICATE')
    expect([secretsOf('shop')('env:HOOK'), secretsOf('other')('env:HOOK')]).toEqual(['of the shop', undefined])
  })

  it.each([
    ['EMAIL_SMTP_SERVER', 'smtp://'],
    ['EMAIL_SMTP_SERVER', 'mail example'],
    ['SLACK_WEBHOOK_URL', 'hooks'],
    ['PEGEL_MAIL_TLS', 'maybe'],
    ['PEGEL_ALERT_EGRESS_ALLOW', '10.0.0.0/8,everywhere'],
  ])('%s may not be %s', (name, value) => {
    expect(schema.safeParse({ [name]: value }).error?.issues[0]?.path).toEqual([name])
  })
})
