import { createHash } from 'node:crypto'
import { compileTemplate, hasVariable } from './relabel-expand.ts'
import { compileRegex } from './relabel-regex.ts'
import type { RelabelRule } from './tenant-config.ts'

/** The label that holds the metric's name. */
export const NAME_LABEL = '__name__'
/** Labels for the use of rules among themselves; removed after the last one. */
export const TEMPORARY_PREFIX = '__tmp'

export type RelabelResult =
  | { readonly dropped: false; readonly labels: ReadonlyMap<string, string> }
  /** `rule` is the id of the rule that dropped the series. */
  | { readonly dropped: true; readonly rule: string }

/** Compiled rules of one tenant's version. Pure. */
export type Relabeler = (labels: ReadonlyMap<string, string>) => RelabelResult

/** Changes the labels in place; false drops the series. */
type Step = (labels: Map<string, string>) => boolean

/**
 * Compiles rules once per version of a tenant's file. Semantics are those of Prometheus' relabel_config (an absent label
 * reads as empty, an empty value removes the label), with two additions: a series that loses its name is dropped by the
 * rule that took it, and labels that begin with __tmp are removed at the end.
 */
export function compileRules(rules: readonly RelabelRule[]): Relabeler {
  const steps = rules.map((rule) => ({ id: rule.id, run: compileRule(rule) }))
  return (input) => {
    const labels = new Map(input)
    for (const { id, run } of steps) {
      if (!run(labels) || !labels.has(NAME_LABEL)) return { dropped: true, rule: id }
    }
    for (const name of labels.keys()) if (name.startsWith(TEMPORARY_PREFIX)) labels.delete(name)
    return { dropped: false, labels }
  }
}

function compileRule(rule: RelabelRule): Step {
  switch (rule.action) {
    case 'replace':
      return replace(rule)
    case 'keep':
    case 'drop':
      return keepOrDrop(rule, rule.action === 'keep')
    case 'keepequal':
      return (labels) => get(labels, rule.targetLabel) === joined(labels, rule)
    case 'dropequal':
      return (labels) => get(labels, rule.targetLabel) !== joined(labels, rule)
    case 'labelmap':
      return labelMap(rule)
    case 'labeldrop':
    case 'labelkeep':
      return labelFilter(rule, rule.action === 'labelkeep')
    case 'hashmod':
      return (labels) => write(labels, rule.targetLabel, hashMod(joined(labels, rule), rule.modulus))
    case 'lowercase':
      return (labels) => write(labels, rule.targetLabel, joined(labels, rule).toLowerCase())
    case 'uppercase':
      return (labels) => write(labels, rule.targetLabel, joined(labels, rule).toUpperCase())
  }
}

function replace(rule: RelabelRule): Step {
  const regex = compileRegex(rule.regex)
  const target = hasVariable(rule.targetLabel) ? compileTemplate(rule.targetLabel) : (): string => rule.targetLabel
  const replacement = compileTemplate(rule.replacement)
  return (labels) => {
    const match = regex.match(joined(labels, rule))
    if (match === undefined) return true
    const name = target(match)
    return name === '' || write(labels, name, replacement(match))
  }
}

function keepOrDrop(rule: RelabelRule, keep: boolean): Step {
  const regex = compileRegex(rule.regex)
  return (labels) => regex.test(joined(labels, rule)) === keep
}

function labelMap(rule: RelabelRule): Step {
  const regex = compileRegex(rule.regex)
  const replacement = compileTemplate(rule.replacement)
  return (labels) => {
    for (const [name, value] of [...labels]) {
      const match = regex.match(name)
      const to = match === undefined ? '' : replacement(match)
      if (to !== '') write(labels, to, value)
    }
    return true
  }
}

function labelFilter(rule: RelabelRule, keep: boolean): Step {
  const regex = compileRegex(rule.regex)
  return (labels) => {
    for (const name of [...labels.keys()]) if (regex.test(name) !== keep) labels.delete(name)
    return true
  }
}

function joined(labels: ReadonlyMap<string, string>, rule: RelabelRule): string {
  return rule.sourceLabels.map((name) => get(labels, name)).join(rule.separator)
}

function get(labels: ReadonlyMap<string, string>, name: string): string {
  return labels.get(name) ?? ''
}

function write(labels: Map<string, string>, name: string, value: string): true {
  if (value === '') labels.delete(name)
  else labels.set(name, value)
  return true
}

/** The last 8 bytes of MD5, big-endian, modulo: what Prometheus does, so that shards agree with its own. */
function hashMod(value: string, modulus: number): string {
  const digest = createHash('md5').update(value, 'utf8').digest()
  return String(digest.readBigUInt64BE(8) % BigInt(modulus))
}
