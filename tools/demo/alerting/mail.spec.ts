import { describe, expect, it } from '@jest/globals'
import PostalMime from 'postal-mime'
import { mailboxPage } from './mailbox-page.ts'
import { readMail } from './mail.ts'
import type { Mail } from './mail.ts'

const RAW = `Subject: =?UTF-8?Q?critical:_EndpointFails,_OrdersFail_=282_firing=29?=
Message-ID: <a@b.example>
In-Reply-To: <first@b.example>
X-Pegel-Group: 0123456789abcdef
X-Pegel-Event: firing
Content-Type: text/plain; charset=utf-8

[firing] EndpointFails (critical) since 2026-01-01T00:00:00.000Z
60 % of the requests to /checkout fail
alertname=EndpointFails severity=critical source=alertmanager tenant=shop

[resolved] OrdersFail (critical) since 2026-01-01T00:00:00.000Z
alertname=OrdersFail source=anomaly-detector

Acknowledge: http://127.0.0.1:4318/alerts/act?token=x.y

Pegel, tenant shop · escalation step 2 · for ann
`

const read = async (raw: string): Promise<Mail> =>
  readMail(await PostalMime.parse(raw), { to: ['ann@shop.example'], atMs: 5 })

describe('readMail', () => {
  it('sees what a person sees', async () => {
    expect(await read(RAW)).toMatchObject({
      ...{ atMs: 5, to: ['ann@shop.example'], subject: 'critical: EndpointFails, OrdersFail (2 firing)' },
      ...{ id: '<a@b.example>', inReplyTo: '<first@b.example>', group: '0123456789abcdef', event: 'firing', step: 2 },
      alerts: [
        { name: 'EndpointFails', status: 'firing', source: 'alertmanager' },
        { name: 'OrdersFail', status: 'resolved', source: 'anomaly-detector' },
      ],
      links: { Acknowledge: 'http://127.0.0.1:4318/alerts/act?token=x.y' },
    })
  })

  it('bears a mail of somebody else', async () => {
    expect(await read('Subject: hello\n\nhow are you?')).toMatchObject({ group: '', alerts: [], links: {}, step: 0 })
  })
})

describe('mailboxPage', () => {
  it('says when there is nothing', () => {
    expect(mailboxPage([])).toContain('Nothing has come yet.')
  })

  it('shows the newest first, in frames that run nothing', async () => {
    const mail = await read(RAW)
    const evil = { ...mail, subject: '<script>alert(1)</script>', html: '<head></head><p title="x">"hi"</p>' }
    const page = mailboxPage([mail, evil])
    expect(page).not.toContain('<script>')
    expect(page.indexOf('&#60;script')).toBeLessThan(page.indexOf('OrdersFail (2 firing)'))
    expect(page).toContain('srcdoc="&#60;head&#62;&#60;base target=&#34;_blank&#34;&#62;')
    expect(page.match(/sandbox="[^"]*"/g)).toEqual([
      'sandbox="allow-popups allow-popups-to-escape-sandbox"',
      'sandbox="allow-popups allow-popups-to-escape-sandbox"',
    ])
  })
})
