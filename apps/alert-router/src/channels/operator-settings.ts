/** What the operator sets for all tenants' channels. */
export interface OperatorSettings {
  /** SLACK_WEBHOOK_URL: of Slack channels that have neither token nor webhook of their own. */
  readonly slackWebhookUrl: string | undefined
  readonly slackApiUrl: string
  readonly pagerdutyUrl: string
  /** EMAIL_SMTP_SERVER: host, host:port, or smtp(s)://user:password@host:port. */
  readonly smtpServer: string | undefined
  readonly mailFrom: string
  /** `required`: no message leaves without TLS. `off` is for a server on this machine. */
  readonly smtpTls: 'required' | 'off'
  /** PEM of who may sign the mail server's certificate; undefined: who the system trusts. */
  readonly smtpCa: string | undefined
  /** Put before runbooks that are paths; empty: they are shown as they are. */
  readonly runbooksUrl: string
}
