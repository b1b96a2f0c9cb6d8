import { createHash } from 'node:crypto'
import { escapeHtml, plain } from '../template/escapes.ts'
import type { Texts } from '../template/defaults.ts'
import type { AlertView, TemplateView } from '../template/view.ts'

export interface MailTexts {
  readonly subject: string
  readonly text: string
  readonly html: string
}

/** A tenant's own body is one text: it is compiled once for each form, so that each escapes what it must. */
export interface MailBodies {
  readonly plain: Texts
  readonly html: Texts
}

/** HTML without anything from elsewhere: no images, no styles but inline ones. */
export function mailTexts(view: TemplateView, bodies: MailBodies): MailTexts {
  const subject = bodies.plain.title(view)
  const text = bodies.plain.body?.(view) ?? view.alerts.map(alertLines).join('\n\n')
  const html = bodies.html.body?.(view).replaceAll('\n', '<br>\n') ?? view.alerts.map(alertHtml).join('\n')
  const links = linksOf(view)
  return {
    subject,
    text: [text, moreOf(view), ...links.map(({ name, url }) => `${name}: ${url}`), footOf(view)]
      .filter(Boolean)
      .join('\n\n'),
    html: `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(subject)}</title></head>
<body style="font-family: sans-serif; max-width: 40em">
<h2>${escapeHtml(subject)}</h2>
${html}
<p>${escapeHtml(moreOf(view))}</p>
<p>${links.map(({ name, url }) => `<a href="${escapeHtml(url)}">${name}</a>`).join(' &nbsp; ')}</p>
<p style="color: #666">${escapeHtml(footOf(view))}</p>
</body></html>
`,
  }
}

/** The same message has the same id, however often it is sent: mail programs show it once, and a thread is found by it. */
export function messageIdOf(idempotencyKey: string, from: string): string {
  const domain = /@([a-zA-Z0-9.-]+)/.exec(from)?.[1] ?? 'pegel.invalid'
  return `<${createHash('sha256').update(idempotencyKey).digest('hex').slice(0, 32)}@${domain}>`
}

function alertLines({ status, name, severity, summary, description, runbook, startsAt, labels }: AlertView): string {
  return [
    `[${status}] ${plain(name)} (${severity}) since ${startsAt}`,
    plain(summary),
    plain(description),
    runbook === '' ? '' : `Runbook: ${plain(runbook)}`,
    plain(labels.map((label) => `${label.name}=${label.value}`).join(' ')),
  ]
    .filter((line) => line !== '')
    .join('\n')
}

function alertHtml({ status, name, severity, summary, description, runbook, startsAt, labels }: AlertView): string {
  const rows = labels.map((label) => `<li>${escapeHtml(label.name)} = ${escapeHtml(label.value)}</li>`).join('')
  const link = /^https?:/.test(runbook) ? `<a href="${escapeHtml(runbook)}">Runbook</a>` : escapeHtml(runbook)
  return `<div style="border-left: 4px solid ${status === 'resolved' ? '#2a2' : '#c22'}; padding-left: 1em">
<p><b>${escapeHtml(name)}</b> (${escapeHtml(severity)}, ${status}) since ${startsAt}<br>
${escapeHtml(summary)}<br>${escapeHtml(description)}</p><p>${link}</p><ul>${rows}</ul></div>`
}

function linksOf({ event, acknowledgeUrl, resolveUrl, silenceUrl }: TemplateView): { name: string; url: string }[] {
  if (event !== 'firing') return []
  return Object.entries({ Acknowledge: acknowledgeUrl, Resolve: resolveUrl, Silence: silenceUrl })
    .filter(([, url]) => url !== '')
    .map(([name, url]) => ({ name, url }))
}

function moreOf({ truncated }: TemplateView): string {
  return truncated === 0 ? '' : `and ${truncated} more`
}

function footOf({ tenant, step, person, acknowledgedBy }: TemplateView): string {
  const parts = [`Pegel, tenant ${tenant}`]
  if (step !== '') parts.push(`escalation step ${step}`)
  if (person !== '') parts.push(`for ${plain(person)}`)
  if (acknowledgedBy !== '') parts.push(`acknowledged by ${plain(acknowledgedBy)}`)
  return parts.join(' · ')
}
