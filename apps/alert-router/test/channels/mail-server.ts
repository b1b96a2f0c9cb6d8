import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'

/** A test certificate of localhost and who signed it. */
const TLS = 'apps/ingest-gateway/test/tls'
export const MAIL_CA = readFileSync(`${TLS}/ca.pem`, 'utf8')

export interface Mail {
  readonly from: string
  readonly to: readonly string[]
  readonly text: string
  /** Whether it came over TLS. */
  readonly secure: boolean
}

export interface MailServer {
  readonly port: number
  readonly mails: Mail[]
  /** Codes that the next mails are refused with. */
  readonly refusals: number[]
  close(): Promise<void>
}

/** A real SMTP server with STARTTLS, users and refusals. */
export async function startMailServer({ starttls = true }: { readonly starttls?: boolean } = {}): Promise<MailServer> {
  const mails: Mail[] = []
  const refusals: number[] = []
  const server = new SMTPServer({
    ...{ cert: readFileSync(`${TLS}/server.pem`), key: readFileSync(`${TLS}/server.key`), authOptional: true },
    disabledCommands: starttls ? [] : ['STARTTLS'],
    onAuth({ username, password }, _session, done) {
      if (username === 'pegel' && password === 'right') done(null, { user: username })
      else done(new Error('wrong password'))
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const responseCode = refusals.shift()
        if (responseCode !== undefined) {
          done(Object.assign(new Error('not now'), { responseCode }))
          return
        }
        const { mailFrom, rcptTo } = session.envelope
        mails.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          text: Buffer.concat(chunks).toString('utf8'),
          secure: session.secure,
        })
        done()
      })
    },
  })
  server.on('error', () => undefined) // a client that breaks off is part of some tests
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(resolve)
    })
  return { port: (server.server.address() as AddressInfo).port, mails, refusals, close }
}
