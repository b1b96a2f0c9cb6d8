import { createTransport } from 'nodemailer'
import type { ChannelKind, ChannelServices } from '../channel.ts'
import { classifyThrown } from '../delivery/classify-http.ts'
import { alertChannelErrors } from '../errors.ts'
import { textsOf } from '../template/defaults.ts'
import { escapeHtml, plain } from '../template/escapes.ts'
import { viewOf } from '../template/view.ts'
import { classifySmtp } from './classify-smtp.ts'
import { mailTexts, messageIdOf } from './mail.ts'
import { parseSmtpServer } from './smtp-server.ts'

const TIMEOUT_MS = 15_000

/** HTML and text over the operator's mail server. Later mails of a group answer its first one, so that programs show a thread. */
export const emailChannel: ChannelKind<'email'> = {
  type: 'email',
  idempotent: false,
  create({ addresses, templates }, services) {
    const bodies = { plain: textsOf(templates, plain), html: textsOf(templates, escapeHtml) }
    const { mailFrom: from, runbooksUrl } = services.operator
    const transport = transportOf(services)
    return {
      async send(notification, signal) {
        if (transport === undefined)
          return classifyThrown(alertChannelErrors.not_configured({ setting: 'EMAIL_SMTP_SERVER', key: 'type' }))
        if (signal.aborted) return { status: 'retryable', reason: 'aborted' }
        const messageId = messageIdOf(notification.idempotencyKey, from)
        const thread = notification.updateOf
        try {
          await transport.sendMail({
            ...mailTexts(viewOf(notification, runbooksUrl), bodies),
            ...{ from, to: notification.to ?? [...addresses], messageId },
            ...(thread === undefined ? {} : { inReplyTo: thread, references: thread }),
            headers: {
              'Auto-Submitted': 'auto-generated',
              'X-Pegel-Group': notification.groupId,
              'X-Pegel-Event': notification.event,
            },
            ...{ disableFileAccess: true, disableUrlAccess: true },
          })
          return { status: 'sent', ref: thread ?? messageId }
        } catch (error) {
          return classifySmtp(error)
        }
      },
      close() {
        transport?.close()
        return Promise.resolve()
      },
    }
  },
}

function transportOf({ operator: { smtpServer, smtpTls, smtpCa } }: ChannelServices) {
  if (smtpServer === undefined) return undefined
  const { host, port, secure, auth } = parseSmtpServer(smtpServer)
  const encrypted = smtpTls === 'required'
  return createTransport({
    ...{ host, port, secure, ...(auth === undefined ? {} : { auth }) },
    requireTLS: encrypted && !secure,
    ignoreTLS: !encrypted,
    ...(smtpCa === undefined ? {} : { tls: { ca: smtpCa } }),
    ...{ connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS, socketTimeout: TIMEOUT_MS },
  })
}
