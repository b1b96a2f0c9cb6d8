import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

export interface AlertRule {
  readonly alert: string
  readonly expr: string
  readonly for?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}

export interface RecordingRule {
  readonly record: string
  readonly expr: string
}

export type Rule = AlertRule | RecordingRule

export interface RuleGroup {
  readonly name: string
  readonly rules: readonly Rule[]
}

/** A file in Prometheus' format, as docs/alerting.md describes ours. */
export interface RuleFile {
  /** Without the folder. */
  readonly name: string
  readonly groups: readonly RuleGroup[]
}

export function readRuleFiles(dir: string): RuleFile[] {
  return readdirSync(dir)
    .filter((name) => name.endsWith('.yml'))
    .sort()
    .map((name) => ({ name, ...(parse(readFileSync(join(dir, name), 'utf8')) as Omit<RuleFile, 'name'>) }))
}

export const rulesOf = ({ groups }: RuleFile): readonly Rule[] => groups.flatMap(({ rules }) => rules)
export const isAlert = (rule: Rule): rule is AlertRule => 'alert' in rule
