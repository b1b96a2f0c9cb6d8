import type { ChannelKind } from '../channel.ts'
import { classifyHttp, classifyThrown } from '../delivery/classify-http.ts'
import { requireSecret } from '../secrets.ts'
import { signatureOf } from './sign.ts'
import { webhookBody } from './webhook-body.ts'

/** Alertmanager's body, signed. A receiver that remembers Idempotency-Key is told of nothing twice. */
export const webhookChannel: ChannelKind<'webhook'> = {
  type: 'webhook',
  idempotent: true,
  create({ url, secret }, services) {
    return {
      async send(notification, signal) {
        try {
          const body = JSON.stringify(webhookBody(notification))
          const headers = {
            'content-type': 'application/json',
            'user-agent': 'pegel-alert-router',
            'idempotency-key': notification.idempotencyKey,
            'x-pegel-signature': signatureOf(requireSecret(services, secret), body, services.now()),
          }
          return classifyHttp(await services.egress.post({ url, headers, body, signal }), services.now())
        } catch (error) {
          return classifyThrown(error)
        }
      },
    }
  },
}
