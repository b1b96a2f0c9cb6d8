import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import PostalMime from 'postal-mime'
import { SMTPServer } from 'smtp-server'
import { mailboxPage, PAGE_POLICY } from './mailbox-page.ts'
import { readMail } from './mail.ts'
import type { Mail } from './mail.ts'

export interface Mailbox {
  /** host:port for EMAIL_SMTP_SERVER. */
  readonly smtp: string
  /** The page that shows what has come. */
  readonly url: string
  /** What has come, oldest first. */
  readonly mails: readonly Mail[]
  close(): Promise<void>
}

export interface MailboxOptions {
  /** Of the page; 0: any. */
  readonly port: number
  readonly onMail?: (mail: Mail) => void
}

const HOST = '127.0.0.1'
const MAX_MAILS = 500
const MAX_MAIL_BYTES = 5 * 1024 * 1024

/** Everybody's mailbox on this machine: a mail server that delivers to nobody, and a page of what it was given. */
export async function openMailbox({ port, onMail }: MailboxOptions): Promise<Mailbox> {
  const mails: Mail[] = []
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    size: MAX_MAIL_BYTES,
    onData(stream, { envelope }, done) {
      const to = envelope.rcptTo.map(({ address }) => address)
      const taken = async (): Promise<void> => {
        const raw = Buffer.concat((await stream.toArray()) as Buffer[])
        const mail = readMail(await PostalMime.parse(raw), { to, atMs: Date.now() })
        if (mails.push(mail) > MAX_MAILS) mails.shift()
        onMail?.(mail)
      }
      taken().then(() => {
        done()
      }, done)
    },
  })
  smtp.on('error', () => undefined) // a client that was killed in the middle of a mail; it sends it again
  await new Promise<void>((listening) => {
    smtp.listen(0, HOST, listening)
  })
  const page = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': PAGE_POLICY })
    response.end(mailboxPage(mails))
  }).listen(port, HOST)
  await once(page, 'listening')
  const portOf = (server: { address(): AddressInfo | string | null }): number => (server.address() as AddressInfo).port
  return {
    smtp: `${HOST}:${portOf(smtp.server)}`,
    url: `http://${HOST}:${portOf(page)}`,
    mails,
    async close() {
      page.closeAllConnections()
      page.close()
      await new Promise<void>((closed) => {
        smtp.close(closed)
      })
    },
  }
}
