import { beforeAll, describe, expect, it } from '@jest/globals'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { groupingLabelsOf, selectorsOf } from './promql.ts'
import type { Selector } from './promql.ts'
import { isAlert, readRuleFiles, rulesOf } from './rule-files.ts'
import type { AlertRule, Rule } from './rule-files.ts'
import { wholeCatalogue } from './test/catalogue/index.ts'
import type { Catalogue } from './test/catalogue/index.ts'

interface ExpectedAlert {
  readonly exp_labels: Readonly<Record<string, string>>
}

interface RuleTests {
  readonly tests: readonly {
    readonly alert_rule_test?: readonly { readonly alertname: string; readonly exp_alerts: readonly ExpectedAlert[] }[]
    readonly promql_expr_test?: readonly { readonly expr: string; readonly exp_samples: readonly unknown[] }[]
  }[]
}

const DIR = 'alerts'
const SEVERITIES = ['critical', 'warning', 'info', 'security']
const files = readRuleFiles(DIR)
const rules = files.flatMap((file) => rulesOf(file).map((rule) => ({ file: file.name, rule })))
const alerts = rules.flatMap(({ file, rule }) => (isAlert(rule) ? [{ file, rule, name: rule.alert }] : []))
const records = rules.flatMap(({ file, rule }) => (isAlert(rule) ? [] : [{ file, rule, name: rule.record }]))
let catalogue: Catalogue

beforeAll(async () => {
  catalogue = await wholeCatalogue()
})

/** `business.yml` is tested by business.test.yml, and whatever else begins with its name. */
function testsOf(file: string): RuleTests['tests'] {
  const name = file.replace('.yml', '')
  return readdirSync(join(DIR, 'tests'))
    .filter((each) => each.startsWith(name))
    .flatMap((each) => (parse(readFileSync(join(DIR, 'tests', each), 'utf8')) as RuleTests).tests)
}

/** A heading as an address within its page, as every renderer of Markdown makes it. */
const anchorOf = (heading: string): string => heading.toLowerCase().replaceAll(' ', '-')

function runbookExists(url: string): boolean {
  const [path = '', anchor] = url.split('#')
  if (!path.startsWith('docs/runbooks/') || !existsSync(path)) return false
  const headings = [...readFileSync(path, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading ?? '')
  return anchor === undefined || headings.map(anchorOf).includes(anchor)
}

/** Names that a selector may read: one, or all that its expression matches. */
function metricsOf({ metric, matchers }: Selector): readonly string[] {
  if (metric !== undefined) return [metric]
  const pattern = matchers.find(({ label }) => label === '__name__')?.value ?? ''
  return catalogue.names().filter((name) => new RegExp(`^(?:${pattern})$`).test(name))
}

/** Undefined when nothing makes such a series. What a rule records has the labels that it groups by, else those of what it reads. */
function labelsOf(metric: string): ReadonlySet<string> | undefined {
  const recorded = records.find(({ name }) => name === metric)
  if (recorded === undefined) return catalogue.labelsOf(metric)
  const grouped = groupingLabelsOf(recorded.rule.expr)
  if (grouped.length > 0) return new Set(grouped)
  return new Set(
    selectorsOf(recorded.rule.expr)
      .flatMap(metricsOf)
      .flatMap((name) => [...(labelsOf(name) ?? [])]),
  )
}

/** Label names of a rule's expression that none of the series it reads has, and metrics that nobody makes. */
function inventedIn({ expr }: Rule): string[] {
  const known = new Set<string>()
  const invented: string[] = []
  for (const selector of selectorsOf(expr)) {
    const metrics = metricsOf(selector)
    if (metrics.length === 0) invented.push(`no metric matches in ${expr}`)
    for (const metric of metrics) {
      const labels = labelsOf(metric)
      if (labels === undefined || labels.size === 0) invented.push(metric)
      const named = selector.matchers.map(({ label }) => label).filter((label) => label !== '__name__')
      invented.push(...named.filter((label) => labels?.has(label) !== true).map((label) => `${metric}{${label}}`))
      for (const label of labels ?? []) known.add(label)
    }
  }
  if (known.size > 0) invented.push(...groupingLabelsOf(expr).filter((label) => !known.has(label)))
  return invented
}

describe('each alert', () => {
  it.each(alerts)('$name has a severity, texts and a page that exists', ({ rule }) => {
    expect(SEVERITIES).toContain(rule.labels?.severity)
    const { summary = '', description = '', runbook_url: runbook = '' } = rule.annotations ?? {}
    expect(summary).not.toBe('')
    expect(description).not.toBe('')
    expect([runbook, runbookExists(runbook)]).toEqual([runbook, true])
  })

  it.each(alerts)(
    '$name fires in one test and is quiet in another, with severity and tenant',
    ({ file, name, rule }) => {
      const cases = testsOf(file).flatMap(({ alert_rule_test: each = [] }) => each)
      const outcomes = cases.filter(({ alertname }) => alertname === name).map(({ exp_alerts: expected }) => expected)
      const fired = outcomes.flat()
      expect([name, fired.length > 0]).toEqual([name, true])
      // The watchdog is the one that is never quiet.
      if (selectorsOf(rule.expr).length > 0)
        expect([name, outcomes.some((expected) => expected.length === 0)]).toEqual([name, true])
      for (const { exp_labels: labels } of fired) {
        expect(labels).toMatchObject({ severity: rule.labels?.severity, tenant: expect.stringMatching(/^[a-z0-9_]+$/) })
      }
    },
  )

  it('has a name of its own', () => {
    const names = [...alerts, ...records].map(({ name }) => name)
    expect(names).toEqual([...new Set(names)])
  })
})

describe('each recording rule', () => {
  it.each(records)('$name is named level:metric:operation and tested', ({ file, name }) => {
    expect(name).toMatch(/^[a-z_]+:[a-zA-Z0-9_]+:[a-z0-9_]+$/)
    const tested = testsOf(file).flatMap(({ promql_expr_test: each = [] }) => each)
    const samples = tested.filter(({ expr }) => expr.startsWith(name)).flatMap(({ exp_samples: all }) => all)
    expect([name, samples.length > 0]).toEqual([name, true])
  })
})

describe('each rule', () => {
  it.each(rules)('$rule.alert$rule.record reads only what Pegel delivers or counts of itself', ({ rule }) => {
    expect(inventedIn(rule)).toEqual([])
  })

  it.each(rules)('$rule.alert$rule.record believes nobody but Pegel about Pegel', ({ rule }) => {
    for (const { metric = '', matchers } of selectorsOf(rule.expr)) {
      const name = matchers.find(({ label }) => label === '__name__')?.value ?? metric
      if (!/^(pegel_|up$)/.test(name)) continue
      expect(matchers).toContainEqual({ label: 'tenant', op: '=', value: 'pegel' })
    }
    const tenant = isAlert(rule) ? rule.labels?.tenant : undefined
    if (tenant !== undefined && tenant !== 'pegel') expect(tenant).toBe('{{ $labels.exported_tenant }}')
  })
})

describe('the checks themselves', () => {
  const broken: readonly (readonly [string, AlertRule | Rule, string])[] = [
    ['an unknown metric', { record: 'a:b:c', expr: 'sum(made_up_total)' }, 'made_up_total'],
    ['an unknown label', { record: 'a:b:c', expr: 'shop_queue_length{colour="red"}' }, 'shop_queue_length{colour}'],
    ['an unknown grouping', { record: 'a:b:c', expr: 'sum by (colour) (shop_queue_length)' }, 'colour'],
    ['a pattern that nothing matches', { record: 'a:b:c', expr: '{__name__=~"made_up_.*"}' }, 'no metric matches'],
  ]

  it.each(broken)('find %s', (_, rule, problem) => {
    expect(inventedIn(rule).join()).toContain(problem)
  })

  it('find a page and a heading that are not there', () => {
    expect(runbookExists('docs/runbooks/none.md')).toBe(false)
    expect(runbookExists('docs/runbooks/pegel-service-down.md#none')).toBe(false)
    expect(runbookExists('README.md')).toBe(false)
  })
})
