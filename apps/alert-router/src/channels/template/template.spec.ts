import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { sampleAlert, sampleNotification } from '../sample-notification.ts'
import { textsOf } from './defaults.ts'
import { escapeHtml, escapeMrkdwn, oneLine, plain } from './escapes.ts'
import { compileTemplate } from './template.ts'
import { viewOf } from './view.ts'

const view = viewOf(sampleNotification(), '')
const render = (text: string): string => compileTemplate('templates.body', text, escapeHtml)(view)

describe('a tenant’s template', () => {
  it('names what there is', () => {
    expect(render('{{tenant}}: {{#alerts}}{{name}} {{#labels}}{{name}}={{value}};{{/labels}}{{/alerts}}')).toBe(
      'shop: EndpointFails alertname=EndpointFails;http_route=/checkout;severity=critical;tenant=shop;',
    )
    expect(render('{{^acknowledgedBy}}nobody{{/acknowledgedBy}}{{! a remark }}')).toBe('nobody')
  })

  it('escapes every value', () => {
    const nasty = viewOf(sampleNotification({ alerts: [sampleAlert({ annotations: { summary: '<b>&"' } })] }), '')
    expect(compileTemplate('x', '{{#alerts}}{{summary}}{{/alerts}}', escapeHtml)(nasty)).toBe('&lt;b&gt;&amp;&quot;')
  })

  it.each([
    ['{{{tenant}}}', 'always escaped'],
    ['{{&tenant}}', 'always escaped'],
    ['{{>secrets}}', 'not allowed'],
    ['{{=<% %>=}}', 'not allowed'],
    ['{{#alerts}}{{#alerts}}{{/alerts}}{{/alerts}}', 'within itself'],
    ['{{#alerts}}{{#labels}}{{#values}}{{/values}}{{/labels}}{{/alerts}}', 'more than 2 deep'],
    ['{{#alerts}}', 'Unclosed'],
    ['{{tenant}}'.repeat(201), 'more than 200 tags'],
  ])('may not be %s', (text, problem) => {
    expect(() => render(text)).toThrow(problem)
  })

  it.each(['constructor', '__proto__', 'toString', 'alerts.constructor', 'alerts.map', 'tenant.length', 'summry'])(
    'may not name %s',
    (name) => {
      expect(() => render(`{{${name}}}`)).toThrow(`there is no ${name}`)
      expect(() => render(`{{#${name}}}x{{/${name}}}`)).toThrow(`there is no ${name}`)
    },
  )

  it('ends with so many characters', () => {
    const many = viewOf(sampleNotification({ alerts: Array.from({ length: 1000 }, () => sampleAlert()) }), '')
    const text = compileTemplate('x', `{{#alerts}}${'x'.repeat(500)}{{/alerts}}`, plain)(many)
    expect(text).toHaveLength(20_000)
  })

  it('makes no more of long values than it may show', () => {
    let made = 0
    const counted = (value: string): string => {
      made += value.length
      return value
    }
    const long = sampleAlert({
      labels: Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`l${at}`, 'v'.repeat(1000)])),
    })
    const many = viewOf(sampleNotification({ alerts: Array.from({ length: 1000 }, () => long) }), '')
    const text = `{{#alerts}}{{#labels}}${'{{value}}'.repeat(100)}{{/labels}}{{/alerts}}`
    expect(compileTemplate('x', text, counted)(many)).toHaveLength(20_000)
    expect(made).toBe(20_000)
  })
})

describe('escapes', () => {
  it('let nothing through that means something there', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(escapeHtml(text)).not.toMatch(/[<>"']/)
        expect(escapeMrkdwn(text)).not.toMatch(/[<>]/)
        expect(oneLine(text)).not.toMatch(/[\r\n]/)
      }),
    )
    expect(escapeMrkdwn('<!channel> *a*')).toBe('&lt;!channel&gt; \u200d*\u200da\u200d*\u200d')
  })
})

describe('titles', () => {
  const title = (changes: Parameters<typeof sampleNotification>[0]): string =>
    textsOf({ title: undefined, body: undefined }, plain).title(viewOf(sampleNotification(changes), ''))

  it('say what, how bad and how far', () => {
    const second = sampleAlert({ labels: { alertname: 'OrdersFail', severity: 'warning' } })
    expect(title({})).toBe('critical: Half of the checkouts fail')
    expect(title({ alerts: [sampleAlert(), second] })).toBe('critical: EndpointFails, OrdersFail (2 firing)')
    expect(title({ event: 'resolved' })).toBe('Resolved: Half of the checkouts fail')
    expect(title({ event: 'acknowledged', acknowledgedBy: 'ann' })).toBe(
      'Acknowledged by ann: Half of the checkouts fail',
    )
    expect(title({ escalation: { policy: 'p', step: 2, round: 1 } })).toMatch(/step 2$/)
    expect(title({ escalation: { policy: 'p', step: 1, round: 3 } })).toMatch(/step 1 of round 3$/)
  })

  it('are one line, whatever a label holds', () => {
    const text = textsOf({ title: '{{#alerts}}{{summary}}{{/alerts}}', body: undefined }, plain)
    const nasty = sampleAlert({ annotations: { summary: 'a\r\nBcc: everybody@b.example' } })
    expect(text.title(viewOf(sampleNotification({ alerts: [nasty] }), ''))).toBe('a Bcc: everybody@b.example')
  })
})

describe('a view', () => {
  it('shows a hundred alerts and counts all', () => {
    const many = viewOf(
      sampleNotification({ alerts: Array.from({ length: 130 }, () => sampleAlert()), truncatedAlerts: 5 }),
      '',
    )
    expect([many.alerts.length, many.firing, many.truncated]).toEqual([100, 130, 35])
  })
})

describe('runbooks', () => {
  it('are addresses where the operator says below which', () => {
    expect(viewOf(sampleNotification(), 'https://x.example/repo/').alerts[0]?.runbook).toBe(
      'https://x.example/repo/docs/a.md',
    )
    expect(view.alerts[0]?.runbook).toBe('docs/a.md')
  })
})
