import type { ChannelKind } from '../channel.ts'
import { classifyHttp, classifyThrown } from '../delivery/classify-http.ts'
import { requireSecret } from '../secrets.ts'
import { textsOf } from '../template/defaults.ts'
import { plain } from '../template/escapes.ts'
import { viewOf } from '../template/view.ts'
import { pagerdutyEvent } from './event.ts'

/** Events API v2: trigger, acknowledge, resolve. `dedup_key` makes a repeated send one incident. */
export const pagerdutyChannel: ChannelKind<'pagerduty'> = {
  type: 'pagerduty',
  idempotent: true,
  create({ routingKey: ref, templates }, services) {
    const texts = textsOf(templates, plain)
    const { pagerdutyUrl: url, runbooksUrl } = services.operator
    return {
      async send(notification, signal) {
        try {
          const routingKey = requireSecret(services, ref)
          const view = viewOf(notification, runbooksUrl)
          const body = JSON.stringify(pagerdutyEvent({ notification, view, texts, routingKey }))
          const headers = { 'content-type': 'application/json' }
          return classifyHttp(await services.egress.post({ url, headers, body, signal }), services.now())
        } catch (error) {
          return classifyThrown(error)
        }
      },
    }
  },
}
