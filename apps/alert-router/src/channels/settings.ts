import { readFileSync } from 'node:fs'
import { duration, list, secret, word } from '@pegel/config'
import { z } from 'zod'
import { parseRanges } from './egress/address-ranges.ts'
import { createEgress } from './egress/egress.ts'
import { parseSmtpServer } from './email/smtp-server.ts'
import { createSecrets } from './secrets.ts'
import type { ChannelServices } from './channel.ts'

/** What the operator sets for the channels of all tenants: part of the router's settings. */
export const channelSettings = {
  SLACK_WEBHOOK_URL: secret()
    .refine((text) => URL.canParse(text), 'must be an address')
    .optional()
    .describe('Incoming webhook of Slack channels that have neither token nor webhook of their own.'),
  EMAIL_SMTP_SERVER: secret()
    .refine(isSmtpServer, 'must be a host, host:port or smtp(s)://user:password@host:port')
    .optional()
    .describe(
      'Mail server: mail.example, mail.example:25, smtp://user:password@mail.example:587, smtps://mail.example.',
    ),
  PEGEL_MAIL_FROM: z.string().min(3).default('Pegel <pegel@localhost>').describe('Sender of mails.'),
  PEGEL_MAIL_TLS: word('required', 'off')
    .default('required')
    .describe('required: no mail leaves without TLS; off: none is used, for a server on this machine.'),
  PEGEL_MAIL_CA: z.string().optional().describe('PEM file of who signs the mail server’s certificate.'),
  PEGEL_SLACK_API_URL: z.url().default('https://slack.com/api/').describe('Where Slack’s Web API is.'),
  PEGEL_PAGERDUTY_URL: z
    .url()
    .default('https://events.pagerduty.com/v2/enqueue')
    .describe('Where events go; https://events.eu.pagerduty.com/v2/enqueue for accounts in the EU.'),
  PEGEL_RUNBOOKS_URL: z
    .union([z.literal(''), z.url()])
    .default('')
    .describe('Put before runbooks that are paths.'),
  PEGEL_SECRETS_DIR: z.string().optional().describe('Holds tenants’ secrets (file:NAME) as TENANT/NAME.'),
  PEGEL_ALERT_EGRESS_ALLOW: list()
    .refine(areRanges, 'must be ranges such as 10.1.0.0/16')
    .default([])
    .describe('Ranges that tenants’ addresses may lead to besides public ones, over plain HTTP too.'),
  PEGEL_ALERT_REQUEST_TIMEOUT: duration({ min: 100 })
    .default(10_000)
    .describe('How long a connection, the wait for an answer, and the answer may each take.'),
}

/** What all channels share; the tenant's own comes from `secretsOf`. */
export type SharedServices = Pick<ChannelServices, 'egress' | 'operator'> & {
  secretsOf(tenant: string): ChannelServices['secret']
}

/** @throws when PEGEL_MAIL_CA cannot be read */
export function createSharedServices(
  config: z.output<z.ZodObject<typeof channelSettings>>,
  env: Readonly<Record<string, string | undefined>>,
): SharedServices {
  return {
    egress: createEgress({ allow: config.PEGEL_ALERT_EGRESS_ALLOW, timeoutMs: config.PEGEL_ALERT_REQUEST_TIMEOUT }),
    operator: {
      slackWebhookUrl: config.SLACK_WEBHOOK_URL,
      slackApiUrl: config.PEGEL_SLACK_API_URL,
      pagerdutyUrl: config.PEGEL_PAGERDUTY_URL,
      smtpServer: config.EMAIL_SMTP_SERVER,
      mailFrom: config.PEGEL_MAIL_FROM,
      smtpTls: config.PEGEL_MAIL_TLS,
      smtpCa: config.PEGEL_MAIL_CA === undefined ? undefined : readFileSync(config.PEGEL_MAIL_CA, 'utf8'),
      runbooksUrl: config.PEGEL_RUNBOOKS_URL,
    },
    secretsOf: (tenant) => createSecrets({ tenant, env, dir: config.PEGEL_SECRETS_DIR }),
  }
}

function isSmtpServer(text: string): boolean {
  try {
    return parseSmtpServer(text).host !== ''
  } catch {
    return false // what a URL cannot be made of
  }
}

function areRanges(texts: readonly string[]): boolean {
  try {
    return parseRanges(texts).length > 0
  } catch {
    return false // no CIDR
  }
}
