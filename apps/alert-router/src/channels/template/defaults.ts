import type { TemplatesConfig } from '@pegel/tenancy'
import { oneLine } from './escapes.ts'
import { compileTemplate } from './template.ts'
import type { Escape, Template } from './template.ts'
import type { TemplateView } from './view.ts'

const MAX_TITLE_CHARS = 200

/** The two texts of a message, by the tenant's templates or by ours. */
export interface Texts {
  /** One line, not escaped: for subjects and headlines, which are plain text everywhere. */
  readonly title: (view: TemplateView) => string
  /** Undefined: the channel shows the alerts in its own form. */
  readonly body: Template | undefined
}

/** @throws alertChannelErrors.template_invalid */
export function textsOf({ title, body }: TemplatesConfig, escape: Escape): Texts {
  const own = title === undefined ? defaultTitle : compileTemplate('templates.title', title, oneLine)
  return {
    title: (view) => oneLine(own(view)).slice(0, MAX_TITLE_CHARS),
    body: body === undefined ? undefined : compileTemplate('templates.body', body, escape),
  }
}

function defaultTitle({ event, firing, alerts, step, acknowledgedBy }: TemplateView): string {
  const names = [...new Set(alerts.map(({ name }) => name))].join(', ')
  const first = alerts.length === 1 ? (alerts[0]?.summary ?? names) : names
  if (event === 'resolved') return `Resolved: ${first}`
  if (event === 'acknowledged') return `Acknowledged by ${acknowledgedBy}: ${first}`
  const severity = worstSeverity(alerts.map((alert) => alert.severity))
  const count = alerts.length === 1 ? '' : ` (${firing} firing)`
  return `${severity}: ${first}${count}${step === '' ? '' : `, step ${step}`}`
}

const ORDER = ['critical', 'security', 'warning', 'info']

export function worstSeverity(severities: readonly string[]): string {
  return ORDER.find((severity) => severities.includes(severity)) ?? 'info'
}
