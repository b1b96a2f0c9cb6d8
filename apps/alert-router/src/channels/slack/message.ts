import { escapeMrkdwn } from '../template/escapes.ts'
import { worstSeverity } from '../template/defaults.ts'
import type { Texts } from '../template/defaults.ts'
import type { AlertView, TemplateView } from '../template/view.ts'

/** https://docs.slack.dev/reference/block-kit/blocks */
export const LIMITS = { header: 150, section: 3000, blocks: 50, buttonUrl: 3000, text: 4000 } as const
const MAX_ALERTS = 20
const MARKS: Readonly<Record<string, string>> = {
  critical: ':red_circle:',
  security: ':lock:',
  warning: ':large_orange_circle:',
  info: ':large_blue_circle:',
}

export interface SlackMessage {
  /** For notifications and screen readers. */
  readonly text: string
  readonly blocks: readonly object[]
}

/** Block Kit: a headline, the alerts (or the tenant's own text), buttons while there is something to do. */
export function slackMessage(view: TemplateView, texts: Texts): SlackMessage {
  const title = texts.title(view)
  const body = texts.body === undefined ? view.alerts.slice(0, MAX_ALERTS).map(alertText) : [texts.body(view)]
  const hidden = view.truncated + (texts.body === undefined ? Math.max(0, view.alerts.length - MAX_ALERTS) : 0)
  const blocks: object[] = [
    { type: 'header', text: { type: 'plain_text', text: cut(`${markOf(view)} ${title}`, LIMITS.header), emoji: true } },
    ...body.filter((text) => text !== '').map(section),
    ...(hidden === 0 ? [] : [section(`and ${hidden} more`)]),
    ...(view.event === 'firing' ? buttons(view) : []),
    { type: 'context', elements: [{ type: 'mrkdwn', text: cut(contextText(view), LIMITS.section) }] },
  ]
  return { text: cut(escapeMrkdwn(title), LIMITS.text), blocks }
}

function markOf({ event, alerts }: TemplateView): string {
  if (event === 'resolved') return ':white_check_mark:'
  if (event === 'acknowledged') return ':eyes:'
  return MARKS[worstSeverity(alerts.map(({ severity }) => severity))] ?? ''
}

function alertText({ status, name, summary, description, runbook }: AlertView): string {
  const head = `*${escapeMrkdwn(name)}*${status === 'resolved' ? ' (resolved)' : ''}: ${escapeMrkdwn(summary)}`
  const link = /^https?:/.test(runbook)
    ? `<${runbook.replace(/[<>|]/g, encodeURIComponent)}|Runbook>`
    : escapeMrkdwn(runbook)
  return [head, escapeMrkdwn(description), link].filter((line) => line !== '').join('\n')
}

function buttons({ acknowledgeUrl, resolveUrl, silenceUrl }: TemplateView): object[] {
  const elements = Object.entries({ Acknowledge: acknowledgeUrl, Resolve: resolveUrl, Silence: silenceUrl })
    .filter(([, url]) => url !== '' && url.length <= LIMITS.buttonUrl)
    .map(([label, url]) => ({
      ...{ type: 'button', text: { type: 'plain_text', text: label }, url, action_id: label.toLowerCase() },
      ...(label === 'Acknowledge' ? { style: 'primary' } : {}),
    }))
  return elements.length === 0 ? [] : [{ type: 'actions', elements }]
}

function contextText({ tenant, step, person, acknowledgedBy }: TemplateView): string {
  const parts = [`Tenant ${escapeMrkdwn(tenant)}`]
  if (step !== '') parts.push(`escalation step ${step}`)
  if (person !== '') parts.push(`for ${escapeMrkdwn(person)}`)
  if (acknowledgedBy !== '') parts.push(`acknowledged by ${escapeMrkdwn(acknowledgedBy)}`)
  return parts.join(' · ')
}

function section(text: string): object {
  return { type: 'section', text: { type: 'mrkdwn', text: cut(text, LIMITS.section) } }
}

/** An entity that is cut in half would show as it is written. */
function cut(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max - 1).replace(/&[a-z]*$/, '')}…`
}
