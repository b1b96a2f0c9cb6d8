import { environment } from '@pegel/config'
import type { ComponentContext, Hosted } from '@pegel/service'
import type { RouterConfig } from './config.ts'
import { createSharedServices } from './channels/settings.ts'
import { ChannelBook } from './deliver/channel-book.ts'
import { createHeartbeatPing } from './deliver/heartbeat-ping.ts'
import { LinkMaker } from './deliver/link-maker.ts'
import { Sends } from './deliver/sends.ts'
import { createMeter } from './router-metrics.ts'
import { runRouter } from './run/run-router.ts'

/** Wires the router to what the host gives. */
export function createHosted(context: ComponentContext<RouterConfig>): Hosted {
  const { config, kafka, tenants, schemas, log, metrics } = context
  const meter = createMeter(metrics)
  const shared = createSharedServices(config, environment())
  const channels = new ChannelBook({ tenants, log, metrics, shared, now: Date.now })
  const links = new LinkMaker({
    publicUrl: config.PEGEL_PUBLIC_URL,
    secret: config.PEGEL_LINK_SECRET,
    ttlMs: config.PEGEL_LINK_TTL,
  })
  const router = runRouter({
    ...{ kafka, tenants, schemas, meter, log, metrics },
    sends: new Sends({ channels, links, meter, log, now: Date.now }),
    group: 'alert-router',
    partitionCount: config.PEGEL_PARTITIONS,
    sessionTimeoutMs: config.PEGEL_KAFKA_SESSION_TIMEOUT_MS,
    silentAfterMs: config.PEGEL_WATCHDOG_SILENT_AFTER,
    onHeartbeat: createHeartbeatPing(config.PEGEL_HEARTBEAT_URL, log),
  })
  return {
    start: () => router.start(),
    checks: router.checks,
    async stop(deadlineMs) {
      await router.stop(deadlineMs)
      await channels.close()
    },
  }
}
