import type { Mail } from './mail.ts'

/** Mails are shown in frames that run nothing; their links open in a tab of their own. */
export const PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'"

const STYLE =
  'body{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}details{border-top:1px solid #ccc;padding:.5rem 0}summary{cursor:pointer}time,small{color:#666}iframe{border:0;width:100%;height:30rem}'

/** All mails, the newest first and open. */
export function mailboxPage(mails: readonly Mail[]): string {
  const list = [...mails].reverse().map((mail, index) => mailHtml(mail, index === 0))
  return `<!doctype html><html lang="en"><head><meta charset="utf-8">
<title>Mailbox (${mails.length})</title><style>${STYLE}</style></head>
<body><h1>Mailbox of the demo</h1>${list.length === 0 ? '<p>Nothing has come yet.</p>' : list.join('\n')}</body></html>
`
}

function mailHtml({ atMs, to, subject, html }: Mail, open: boolean): string {
  const time = new Date(atMs).toISOString().slice(11, 19)
  return `<details${open ? ' open' : ''}><summary><time>${time}</time> ${escape(subject)} <small>to ${escape(to.join(', '))}</small></summary>
<iframe sandbox="allow-popups allow-popups-to-escape-sandbox" srcdoc="${escape(inNewTab(html))}"></iframe></details>`
}

function inNewTab(html: string): string {
  return html.replace('<head>', '<head><base target="_blank">')
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)
}
