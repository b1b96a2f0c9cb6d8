import { createLogger, createMetrics } from '@pegel/telemetry'
import type { ChannelServices } from '../../src/channels/channel.ts'
import { createEgress } from '../../src/channels/egress/egress.ts'
import type { OperatorSettings } from '../../src/channels/operator-settings.ts'

export const SECRET = 'a-secret-value'

/** Services of a channel in a test: loopback is allowed, every secret has the same value, and log lines are kept. */
export function testServices(operator: Partial<OperatorSettings> = {}): ChannelServices & { readonly lines: string[] } {
  const lines: string[] = []
  return {
    tenant: 'shop',
    log: createLogger({ service: 'test', level: 'trace', destination: { write: (line) => void lines.push(line) } }),
    metrics: createMetrics({ service: 'test', defaults: false }),
    secret: (ref) => (ref.endsWith('NONE') ? undefined : SECRET),
    egress: createEgress({ allow: ['127.0.0.0/8'], timeoutMs: 5000 }),
    operator: {
      ...{
        slackWebhookUrl: undefined,
        slackApiUrl: 'https://slack.com/api/',
        smtpServer: undefined,
        smtpCa: undefined,
      },
      ...{ pagerdutyUrl: 'https://events.pagerduty.com/v2/enqueue', mailFrom: 'Pegel <pegel@b.example>' },
      ...{ smtpTls: 'required' as const, runbooksUrl: 'https://x.example/', ...operator },
    },
    now: () => Date.UTC(2026, 0, 1),
    lines,
  }
}
