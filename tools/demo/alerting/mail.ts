import type { Email } from 'postal-mime'

export type MailEvent = 'firing' | 'acknowledged' | 'resolved'

export interface MailedAlert {
  readonly name: string
  readonly status: string
  /** Who raised it: alertmanager, anomaly-detector … */
  readonly source: string
}

/** A mail of the alert-router, as a person reads it: all of it stands in what came by SMTP. */
export interface Mail {
  readonly atMs: number
  readonly to: readonly string[]
  readonly subject: string
  readonly text: string
  readonly html: string
  /** The same when the same mail is sent again after a crash. */
  readonly id: string
  /** Id of the first mail of the group, which this one answers. */
  readonly inReplyTo: string
  readonly group: string
  readonly event: MailEvent
  /** Of an escalation; 0: the notification of the route. */
  readonly step: number
  readonly alerts: readonly MailedAlert[]
  readonly links: Readonly<Record<string, string>>
}

export interface Envelope {
  readonly to: readonly string[]
  readonly atMs: number
}

const HEAD = /^\[(firing|resolved)\] (.+) \([a-z]+\) since /
const LINK = /^(Acknowledge|Resolve|Silence): (https?:\S+)$/gm

/** Reads the plain text, which has each alert's headline and, below it, its labels in one line. */
export function readMail(parsed: Email, { to, atMs }: Envelope): Mail {
  const text = (parsed.text ?? '').replaceAll('\r\n', '\n')
  const header = (name: string): string => parsed.headers.find(({ key }) => key === name)?.value ?? ''
  return {
    ...{ atMs, to, text, html: parsed.html ?? '', subject: parsed.subject ?? '' },
    ...{ id: parsed.messageId ?? '', inReplyTo: parsed.inReplyTo ?? '', group: header('x-pegel-group') },
    event: eventOf(header('x-pegel-event')),
    step: Number(/escalation step (\d+)/.exec(text)?.[1] ?? 0),
    alerts: text.split('\n\n').flatMap(alertIn),
    links: Object.fromEntries([...text.matchAll(LINK)].map(([, name = '', url = '']) => [name, url])),
  }
}

function alertIn(paragraph: string): readonly MailedAlert[] {
  const [, status = '', name = ''] = HEAD.exec(paragraph) ?? []
  if (name === '') return []
  return [{ name, status, source: /(?:^|\s)source=(\S+)/.exec(paragraph)?.[1] ?? '' }]
}

function eventOf(text: string): MailEvent {
  return text === 'acknowledged' || text === 'resolved' ? text : 'firing'
}
