import { formatLabels } from '@pegel/alerting'
import type { LinkAction, LinkClaim } from '@pegel/alerting'

const ASKS: Readonly<Record<LinkAction, string>> = {
  acknowledge: 'Acknowledge',
  resolve: 'Resolve',
  silence: 'Silence for 4 hours',
}
const DONE: Readonly<Record<LinkAction, string>> = {
  acknowledge: 'Acknowledged. Escalation stops; everybody who was told is told that you take care.',
  resolve: 'Resolved. The alerts count as over until they fire anew.',
  silence: 'Silenced for 4 hours.',
}

/** One button, which posts back to the same address. */
export function confirmPage({ action, group, tenant, labels }: LinkClaim): string {
  const what = labels === undefined ? `group ${group}` : formatLabels(labels)
  return render(
    `<h1>${ASKS[action]}?</h1><p>${escape(what)} of tenant ${escape(tenant)}</p><form method="post"><button>${ASKS[action]}</button></form>`,
  )
}

export function donePage({ action }: LinkClaim): string {
  return render(`<h1>Done</h1><p>${DONE[action]}</p>`)
}

export function failedPage(message: string): string {
  return render(`<h1>Not done</h1><p>${escape(message)}</p>`)
}

function render(body: string): string {
  const style =
    'body{font:16px/1.5 sans-serif;margin:3rem auto;max-width:32rem;padding:0 1rem}button{font:inherit;padding:.5rem 1.5rem}'
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="robots" content="noindex"><title>Pegel</title><style>${style}</style><body>${body}</body></html>\n`
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)
}
