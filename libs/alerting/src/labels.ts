import { hash } from 'node:crypto'
import { TENANT_LABEL } from '@pegel/contracts'
import type { AlertRecord } from '@pegel/contracts'

export type Labels = Readonly<Record<string, string>>

const FINGERPRINT_DIGITS = 16

/** What routes, groups and silences match: the alert's own labels, `alertname`, `tenant`, and `severity` and `source` where it has none of its own. */
export function labelsOf(alert: Pick<AlertRecord, 'tenant' | 'name' | 'severity' | 'source' | 'labels'>): Labels {
  const { tenant, name, severity, source, labels } = alert
  const present = Object.entries({ severity, source, ...labels, alertname: name, [TENANT_LABEL]: tenant })
  return Object.fromEntries(present.filter(([, value]) => value !== '').sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Names an alert within its tenant: 16 hexadecimal digits of a SHA-256 over its labels, whatever their order. */
export function alertFingerprint(labels: Labels): string {
  const pairs = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))
  return shortHash(JSON.stringify(pairs))
}

export function shortHash(text: string): string {
  return hash('sha256', text, 'hex').slice(0, FINGERPRINT_DIGITS)
}

/** As Prometheus' libraries print a label set: `{a="b", c="d"}`. */
export function formatLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`)
  return `{${pairs.sort().join(', ')}}`
}

/** What all of them have in common. */
export function commonOf(sets: readonly Labels[]): Labels {
  const [first = {}, ...rest] = sets
  return Object.fromEntries(Object.entries(first).filter(([name, value]) => rest.every((set) => set[name] === value)))
}
