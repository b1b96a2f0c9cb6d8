import { createTransport } from 'nodemailer'
import { expect, it } from '@jest/globals'
import { openMailbox } from '../alerting/mailbox.ts'
import type { Mail } from '../alerting/mail.ts'

it('takes mails by SMTP and shows them on a page', async () => {
  const seen: Mail[] = []
  const mailbox = await openMailbox({ port: 0, onMail: (mail) => seen.push(mail) })
  const [host = '', port = ''] = mailbox.smtp.split(':')
  const transport = createTransport({ host, port: Number(port), ignoreTLS: true })
  try {
    await transport.sendMail({
      ...{ from: 'pegel@localhost', to: ['ann@shop.example', 'ben@shop.example'], subject: 'Grüße' },
      ...{
        text: 'Acknowledge: http://127.0.0.1/a',
        html: '<head></head><b>hi</b>',
        headers: { 'X-Pegel-Event': 'resolved' },
      },
    })
    expect(seen).toMatchObject([{ to: ['ann@shop.example', 'ben@shop.example'], subject: 'Grüße', event: 'resolved' }])
    expect(mailbox.mails).toEqual(seen)
    const page = await fetch(mailbox.url)
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(await page.text()).toContain('Grüße')
  } finally {
    transport.close()
    await mailbox.close()
  }
})
