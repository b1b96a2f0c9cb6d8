import { MIN_LINK_SECRET_LENGTH } from '@pegel/alerting'
import { duration, secret } from '@pegel/config'
import { z } from 'zod'
import { channelSettings } from './channels/settings.ts'

/** The router's own settings; all keys are environment variables. What a tenant wants stands in its file. */
export const routerConfig = z.object({
  ...channelSettings,
  PEGEL_PUBLIC_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Where people reach the gateway; links to acknowledge and resolve begin with it. Not set: no links.'),
  PEGEL_LINK_SECRET: secret({ minLength: MIN_LINK_SECRET_LENGTH })
    .optional()
    .describe('Signs these links; the same in the gateway and the router, 32 characters or more. Not set: no links.'),
  PEGEL_LINK_TTL: duration({ min: 60_000 })
    .default(7 * 86_400_000)
    .describe('How long a link in a message is good for.'),
  PEGEL_WATCHDOG_SILENT_AFTER: duration({ min: 0 })
    .default(180_000)
    .describe('Without a watchdog for so long, PegelSilent is raised for the tenant pegel; 0: never.'),
  PEGEL_HEARTBEAT_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Asked by GET with each watchdog that comes through, so that an outside service notices when they stop.'),
})

export type RouterConfig = z.infer<typeof routerConfig>
