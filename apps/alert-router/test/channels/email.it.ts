import { describe, expect, it } from '@jest/globals'
import { emailChannel } from '../../src/channels/email/email.channel.ts'
import type { OperatorSettings } from '../../src/channels/operator-settings.ts'
import { sampleAlert, sampleNotification } from '../../src/channels/sample-notification.ts'
import { channelContract } from './channel-contract.ts'
import { MAIL_CA, startMailServer } from './mail-server.ts'
import { testServices } from './test-services.ts'

const base = {
  name: 'mail',
  sendResolved: true,
  maxAlerts: 0,
  fallback: undefined,
  rateLimitPerMinute: 60,
  digestMs: 0,
}
const { signal } = new AbortController()

function channelTo(smtpServer: string | undefined, operator: Partial<OperatorSettings> = {}) {
  const services = testServices({ smtpServer, smtpCa: MAIL_CA, ...operator })
  const templates = { title: undefined, body: undefined }
  const channel = emailChannel.create(
    { ...base, type: 'email', addresses: ['ann@b.example', 'ben@b.example'], templates },
    services,
  )
  const close = async (): Promise<void> => {
    await channel.close?.()
    await services.egress.close()
  }
  return { channel, services, close }
}

channelContract({
  name: 'email',
  async open() {
    const server = await startMailServer()
    const { channel, services, close } = channelTo(`localhost:${server.port}`)
    return {
      channel,
      taken: () => server.mails.map(({ text }) => text),
      refuseNext: (how) => server.refusals.push(how === 'passing' ? 451 : 554),
      goAway: () => server.close(),
      logLines: services.lines,
      async close() {
        await close()
        await server.close()
      },
    }
  },
})

describe('email', () => {
  it('sends text and HTML over STARTTLS, and later mails answer the first', async () => {
    const server = await startMailServer()
    const { channel, close } = channelTo(`smtp://pegel:right@localhost:${server.port}`)
    const first = await channel.send(sampleNotification(), signal)
    const ref = first.status === 'sent' ? (first.ref ?? '') : ''
    const second = await channel.send(
      sampleNotification({ idempotencyKey: 'send-2', event: 'resolved', updateOf: ref }),
      signal,
    )
    const [one, two] = server.mails
    expect(one).toMatchObject({ from: 'pegel@b.example', to: ['ann@b.example', 'ben@b.example'], secure: true })
    expect(one?.text).toMatch(/multipart\/alternative[\s\S]*text\/plain[\s\S]*text\/html/)
    expect([one, two].map((mail) => /^X-Pegel-Event: (.*)\r$/m.exec(mail?.text ?? '')?.[1])).toEqual([
      'firing',
      'resolved',
    ])
    expect(one?.text).toContain('Subject: critical: Half of the checkouts fail')
    expect([one?.text.includes(`Message-ID: ${ref}`), two?.text.includes(`In-Reply-To: ${ref}`)]).toEqual([true, true])
    expect(second).toEqual({ status: 'sent', ref })
    await close()
    await server.close()
  })

  it('keeps a label out of the headers', async () => {
    const server = await startMailServer()
    const { channel, close } = channelTo(`localhost:${server.port}`)
    const nasty = sampleAlert({ annotations: { summary: 'a\r\nBcc: eve@evil.example\r\n\r\nbody' } })
    await channel.send(sampleNotification({ alerts: [nasty] }), signal)
    expect(server.mails[0]?.to).toEqual(['ann@b.example', 'ben@b.example'])
    expect(server.mails[0]?.text.split('\r\n\r\n')[0]).not.toMatch(/^Bcc:/m)
    await close()
    await server.close()
  })

  it('goes to whom a step names', async () => {
    const server = await startMailServer()
    const { channel, close } = channelTo(`localhost:${server.port}`)
    await channel.send(sampleNotification({ to: 'cleo@b.example' }), signal)
    expect(server.mails[0]?.to).toEqual(['cleo@b.example'])
    await close()
    await server.close()
  })

  it('sends nothing to a server without TLS, unless the operator says so', async () => {
    const server = await startMailServer({ starttls: false })
    const strict = channelTo(`localhost:${server.port}`)
    // It answers STARTTLS with 502: waiting will not give it a certificate.
    expect(await strict.channel.send(sampleNotification(), signal)).toMatchObject({ status: 'failed' })
    expect(server.mails).toEqual([])
    const lax = channelTo(`localhost:${server.port}`, { smtpTls: 'off' })
    expect(await lax.channel.send(sampleNotification(), signal)).toMatchObject({ status: 'sent' })
    expect(server.mails[0]?.secure).toBe(false)
    await Promise.all([strict.close(), lax.close(), server.close()])
  })

  it('believes no certificate that nobody signed for it', async () => {
    const server = await startMailServer()
    const { channel, close } = channelTo(`localhost:${server.port}`, { smtpCa: undefined })
    expect(await channel.send(sampleNotification(), signal)).toMatchObject({ status: 'retryable' })
    expect(server.mails).toEqual([])
    await Promise.all([close(), server.close()])
  })

  it('fails with a wrong password, and does not tell it', async () => {
    const server = await startMailServer()
    const { channel, close } = channelTo(`smtp://pegel:guessed@localhost:${server.port}`)
    const result = await channel.send(sampleNotification(), signal)
    expect(result.status).toBe('failed')
    expect(JSON.stringify(result)).not.toContain('guessed')
    await Promise.all([close(), server.close()])
  })

  it('names the setting when there is no server', async () => {
    const { channel, close } = channelTo(undefined)
    expect(await channel.send(sampleNotification(), signal)).toMatchObject({
      ...{ status: 'failed', reason: expect.stringContaining('EMAIL_SMTP_SERVER') },
    })
    await close()
  })
})
