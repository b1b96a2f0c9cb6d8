export interface SmtpServer {
  readonly host: string
  readonly port: number
  /** TLS from the first byte on (port 465); otherwise STARTTLS. */
  readonly secure: boolean
  readonly auth: { readonly user: string; readonly pass: string } | undefined
}

/** EMAIL_SMTP_SERVER: `mail.example`, `mail.example:25`, `smtp://user:password@mail.example:587`, `smtps://mail.example`. */
export function parseSmtpServer(text: string): SmtpServer {
  const url = new URL(/^smtps?:\/\//.test(text) ? text : `smtp://${text}`)
  const secure = url.protocol === 'smtps:'
  const auth =
    url.username === '' ? undefined : { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) }
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port) || (secure ? 465 : 587), secure, auth }
}
