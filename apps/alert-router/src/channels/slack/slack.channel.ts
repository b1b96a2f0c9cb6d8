import type { SlackChannelConfig } from '@pegel/tenancy'
import type { Channel, ChannelKind, ChannelServices, SendResult } from '../channel.ts'
import { classifyHttp, classifyThrown } from '../delivery/classify-http.ts'
import { alertChannelErrors } from '../errors.ts'
import { requireSecret } from '../secrets.ts'
import { textsOf } from '../template/defaults.ts'
import { escapeMrkdwn } from '../template/escapes.ts'
import { viewOf } from '../template/view.ts'
import { classifySlack } from './classify-slack.ts'
import { slackMessage } from './message.ts'
import type { SlackMessage } from './message.ts'

/** With a bot token one thread a group, whose head shows how things stand; with an incoming webhook single messages, as it can do no more. */
export const slackChannel: ChannelKind<'slack'> = {
  type: 'slack',
  idempotent: false,
  create(config, services) {
    const texts = textsOf(config.templates, escapeMrkdwn)
    const deliver = config.token === undefined ? byWebhook(config, services) : byToken(config.token, config, services)
    return {
      async send(notification, signal) {
        try {
          const message = slackMessage(viewOf(notification, services.operator.runbooksUrl), texts)
          return await deliver(message, notification, signal)
        } catch (error) {
          return classifyThrown(error)
        }
      },
    }
  },
}

type Deliver = (message: SlackMessage, ...rest: Parameters<Channel['send']>) => Promise<SendResult>

function byWebhook({ webhookUrl }: SlackChannelConfig, services: ChannelServices): Deliver {
  return async (message, _notification, signal) => {
    const url = webhookUrl === undefined ? services.operator.slackWebhookUrl : requireSecret(services, webhookUrl)
    if (url === undefined) throw alertChannelErrors.not_configured({ setting: 'SLACK_WEBHOOK_URL', key: 'webhook_url' })
    const headers = { 'content-type': 'application/json' }
    return classifyHttp(
      await services.egress.post({ url, headers, body: JSON.stringify(message), signal }),
      services.now(),
    )
  }
}

function byToken(token: string, { channel }: SlackChannelConfig, services: ChannelServices): Deliver {
  const call = async (method: string, body: object, signal: AbortSignal): Promise<SendResult> => {
    const headers = {
      'content-type': 'application/json; charset=utf-8',
      authorization: `Bearer ${requireSecret(services, token)}`,
    }
    const url = new URL(method, services.operator.slackApiUrl).href
    return classifySlack(
      await services.egress.post({ url, headers, body: JSON.stringify(body), signal }),
      services.now(),
    )
  }
  return async (message, { to, updateOf }, signal) => {
    if (updateOf === undefined) return call('chat.postMessage', { ...message, channel: to ?? channel }, signal)
    const at = updateOf.lastIndexOf(':')
    const [home, ts] = [updateOf.slice(0, at), updateOf.slice(at + 1)]
    // The head first: to change it twice changes nothing, so that only the reply can be there twice after a crash.
    const changed = await call('chat.update', { ...message, channel: home, ts }, signal)
    // Somebody deleted it, or it may not be changed any more: what there is to say is said anew.
    if (changed.status === 'failed') return call('chat.postMessage', { ...message, channel: home }, signal)
    if (changed.status !== 'sent') return changed
    const replied = await call('chat.postMessage', { ...message, channel: home, thread_ts: ts }, signal)
    return replied.status === 'sent' ? { status: 'sent', ref: updateOf } : replied
  }
}
