import { TENANT_LABEL } from '@pegel/contracts'
import { z } from 'zod'
import { regexProblem } from './relabel-regex.ts'
import { hasVariable } from './relabel-expand.ts'
import type { RelabelAction, RelabelRule } from './tenant-config.ts'

/** What Prometheus takes for a key that a relabel_config leaves out. */
export const RULE_DEFAULTS = {
  action: 'replace',
  separator: ';',
  regex: '(.*)',
  replacement: '$1',
} as const satisfies Partial<RelabelRule>

const ACTIONS = [
  'replace',
  'keep',
  'drop',
  'keepequal',
  'dropequal',
  'labelmap',
  'labeldrop',
  'labelkeep',
  'hashmod',
  'lowercase',
  'uppercase',
] as const satisfies readonly RelabelAction[]

const WRITES_TARGET: readonly RelabelAction[] = ['replace', 'hashmod', 'lowercase', 'uppercase']
const NEEDS_TARGET: readonly RelabelAction[] = [...WRITES_TARGET, 'keepequal', 'dropequal']
/** Keys that some actions refuse, as Prometheus does: a rule that says more than it does is a mistake. */
const REFUSED: Partial<Record<RelabelAction, readonly (keyof RawRule)[]>> = {
  keepequal: ['regex', 'separator', 'replacement', 'modulus'],
  dropequal: ['regex', 'separator', 'replacement', 'modulus'],
  lowercase: ['replacement'],
  uppercase: ['replacement'],
  labeldrop: ['source_labels', 'target_label', 'separator', 'replacement', 'modulus'],
  labelkeep: ['source_labels', 'target_label', 'separator', 'replacement', 'modulus'],
}

const rawRule = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_]{0,62}$/, 'Use lower-case letters, digits and underscores.')
    .optional(),
  action: z
    .preprocess((value) => (typeof value === 'string' ? value.toLowerCase() : value), z.enum(ACTIONS))
    .optional(),
  source_labels: z.array(z.string().min(1)).optional(),
  separator: z.string().optional(),
  regex: z.union([z.string(), z.number()]).transform(String).optional(),
  target_label: z.string().min(1).optional(),
  replacement: z.union([z.string(), z.number()]).transform(String).optional(),
  modulus: z.int().min(1).max(Number.MAX_SAFE_INTEGER).optional(),
})
type RawRule = z.output<typeof rawRule>

/** One rule in Prometheus' relabel_config syntax, plus `id`. */
export const ruleSchema = rawRule.superRefine((rule, context) => {
  const action = rule.action ?? RULE_DEFAULTS.action
  const report = (key: keyof RawRule, message: string): void =>
    context.addIssue({ code: 'custom', path: [key], message })
  if (NEEDS_TARGET.includes(action) && rule.target_label === undefined) {
    report('target_label', `Action ${action} needs target_label.`)
  }
  if (action === 'hashmod' && rule.modulus === undefined) report('modulus', 'Action hashmod needs modulus.')
  for (const key of REFUSED[action] ?? []) {
    if (rule[key] !== undefined) report(key, `Action ${action} has no use for ${key}; leave it out.`)
  }
  if (WRITES_TARGET.includes(action) && rule.target_label === TENANT_LABEL) report('target_label', RESERVED)
  if (action === 'labelmap' && rule.replacement === TENANT_LABEL) report('replacement', RESERVED)
  if (action !== 'replace' && NEEDS_TARGET.includes(action) && hasVariable(rule.target_label ?? '')) {
    report('target_label', `Action ${action} takes a plain label; only replace expands $1 in it.`)
  }
  const problem = rule.regex === undefined ? undefined : regexProblem(rule.regex)
  if (problem !== undefined) report('regex', problem)
})

const RESERVED = `The label ${TENANT_LABEL} is reserved: the enricher sets it to the authenticated tenant.`

/** Fills the defaults in; a rule without an id is named by its position, counting from 0. */
export function toRule(raw: RawRule, index: number): RelabelRule {
  return {
    id: raw.id ?? `rule_${index}`,
    action: raw.action ?? RULE_DEFAULTS.action,
    sourceLabels: raw.source_labels ?? [],
    separator: raw.separator ?? RULE_DEFAULTS.separator,
    regex: raw.regex ?? RULE_DEFAULTS.regex,
    targetLabel: raw.target_label ?? '',
    replacement: raw.replacement ?? RULE_DEFAULTS.replacement,
    modulus: raw.modulus ?? 0,
  }
}
