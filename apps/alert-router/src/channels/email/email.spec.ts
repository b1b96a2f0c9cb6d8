import { describe, expect, it } from '@jest/globals'
import { sampleAlert, sampleNotification } from '../sample-notification.ts'
import { textsOf } from '../template/defaults.ts'
import { escapeHtml, plain } from '../template/escapes.ts'
import { viewOf } from '../template/view.ts'
import { classifySmtp } from './classify-smtp.ts'
import { mailTexts, messageIdOf } from './mail.ts'
import { parseSmtpServer } from './smtp-server.ts'

describe('classifySmtp', () => {
  it.each([
    [{ responseCode: 421 }, 'retryable'],
    [{ responseCode: 451, code: 'EENVELOPE' }, 'retryable'],
    [{ responseCode: 550, code: 'EENVELOPE' }, 'failed'],
    [{ responseCode: 535, code: 'EAUTH' }, 'failed'],
    [{ code: 'EAUTH' }, 'failed'],
    [{ code: 'ECONNECTION' }, 'retryable'],
    [{ code: 'ETLS' }, 'retryable'],
  ])('%j is %s', (error, status) => {
    expect(classifySmtp(Object.assign(new Error('x'), error)).status).toBe(status)
  })
})

describe('parseSmtpServer', () => {
  it.each([
    ['mail.example', { host: 'mail.example', port: 587, secure: false, auth: undefined }],
    ['mail.example:25', { host: 'mail.example', port: 25, secure: false, auth: undefined }],
    ['smtps://mail.example', { host: 'mail.example', port: 465, secure: true, auth: undefined }],
    ['smtp://u%40x:p%3Aw@[::1]:2525', { host: '::1', port: 2525, secure: false, auth: { user: 'u@x', pass: 'p:w' } }],
  ])('reads %s', (text, expected) => {
    expect(parseSmtpServer(text)).toEqual(expected)
  })
})

describe('mailTexts', () => {
  const bodies = {
    plain: textsOf({ title: undefined, body: undefined }, plain),
    html: textsOf({ title: undefined, body: undefined }, escapeHtml),
  }

  it('escapes in HTML what a label holds', () => {
    const nasty = sampleAlert({
      annotations: { summary: '<script>alert(1)</script>', runbook_url: 'javascript:alert(1)' },
    })
    const { html, text } = mailTexts(viewOf(sampleNotification({ alerts: [nasty] }), ''), bodies)
    expect(html).not.toContain('<script>')
    expect(html).not.toContain('href="javascript:')
    expect(html).toContain('href="https://pegel.example/a?b=1&amp;c=2"')
    expect(text).toContain('<script>')
  })

  it('has no links once it is over', () => {
    const { html, text } = mailTexts(viewOf(sampleNotification({ event: 'resolved', truncatedAlerts: 3 }), ''), bodies)
    expect(html + text).not.toContain('pegel.example/a')
    expect(text).toContain('and 3 more')
  })

  it('has an id that stays', () => {
    expect(messageIdOf('a', 'Pegel <p@b.example>')).toBe(messageIdOf('a', 'Pegel <p@b.example>'))
    expect(messageIdOf('a', 'p@b.example')).toMatch(/^<[0-9a-f]{32}@b\.example>$/)
    expect(messageIdOf('a', 'p@b.example')).not.toBe(messageIdOf('b', 'p@b.example'))
  })
})
