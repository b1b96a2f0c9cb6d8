import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ComponentConfig, ComponentName } from '../../stack/index.ts'
import { ROOT } from '../run/place.ts'
import { writeQuickRules } from './rule-profile.ts'

/** Five minutes in alerts/ are ten seconds here. */
const RULE_FACTOR = 30
const EVALUATE_EVERY = '1s'

export interface AlertingOptions {
  /** Emptied at the start of a demo. */
  readonly dir: string
  readonly gatewayPort: number
  readonly alertmanagerPort: number
  /** Key that Alertmanager shows to the gateway. */
  readonly key: string
}

/** The shipped configurations of Prometheus and Alertmanager, filled in for the demo: rules with short times, and short waits. */
export function alertingConfigs(options: AlertingOptions): Partial<Record<ComponentName, ComponentConfig>> {
  const { dir, gatewayPort, alertmanagerPort, key } = options
  const rules = join(dir, 'rules')
  const keyFile = join(dir, 'alertmanager-key')
  const targets = join(dir, 'targets.yml')
  mkdirSync(dir, { recursive: true })
  // Of Pegel's own rules the watchdog alone: the services are not scraped here, which others would take for their silence.
  writeQuickRules({
    from: join(ROOT, 'alerts'),
    to: rules,
    factor: RULE_FACTOR,
    only: { 'pegel.yml': 'pegel-watchdog' },
  })
  writeFileSync(keyFile, key, { mode: 0o600 })
  writeFileSync(targets, '[]\n')
  const template = (name: string, values: Readonly<Record<string, string>>): ComponentConfig => ({
    template: { file: join(ROOT, 'configs', name), values },
  })
  return {
    prometheus: template('prometheus.yml', {
      ...{ PEGEL_ALERT_RULES: rules, PEGEL_PROMETHEUS_TARGETS: targets, PROMETHEUS_SCRAPE_INTERVAL: EVALUATE_EVERY },
      ...{ PEGEL_ALERTMANAGER_HOST: '127.0.0.1', ALERTMANAGER_PORT: String(alertmanagerPort) },
    }),
    alertmanager: template('alertmanager.yml', {
      ...{ PEGEL_GATEWAY_HOST: '127.0.0.1', PEGEL_HTTP_PORT: String(gatewayPort) },
      ...{ PEGEL_ALERTMANAGER_GROUP_WAIT: '0s', PEGEL_ALERTMANAGER_GROUP_INTERVAL: '1s' },
      PEGEL_ALERTMANAGER_KEY_FILE: keyFile,
    }),
  }
}

/** For the gateway and the alert-router: mails go to the demo's mailbox, links lead to its gateway. */
export function alertingEnv(gateway: string, smtp: string): Record<string, string> {
  return {
    ...{ EMAIL_SMTP_SERVER: smtp, PEGEL_MAIL_TLS: 'off', PEGEL_MAIL_FROM: 'Pegel <pegel@localhost>' },
    ...{ PEGEL_PUBLIC_URL: gateway, PEGEL_LINK_SECRET: randomBytes(32).toString('base64url') },
  }
}
