import { describe, expect, it } from '@jest/globals'
import { formatProblem } from './problem.ts'
import { checkTenantFiles } from './tenant-files.ts'
import { parseTenantYaml, readTenantRecord } from './tenant-yaml.ts'

const HASH = 'a'.repeat(64)
const KEY = Buffer.alloc(32, 7).toString('base64')
const COMPLETE = `tenant: acme
credentials:
  - id: gateway
    sha256: ${HASH}
direct_keys:
  - id: batch
    public_key: ${KEY}
static_labels:
  region: eu
rules:
  - source_labels: [__name__]
    regex: debug_.*
    action: Drop
  - id: short_host
    source_labels: [host]
    regex: ([^.]+)\\..*
    target_label: host
limits:
  points_per_second: 10
  max_point_age: 1h30m
placement: dedicated
sinks: [prometheus]
`

function problemsOf(text: string): string[] {
  const parsed = parseTenantYaml(text, 'acme.yaml')
  return parsed.ok ? [] : parsed.problems.map(formatProblem)
}

describe('parseTenantYaml', () => {
  it('reads a complete file', () => {
    const parsed = parseTenantYaml(COMPLETE, 'acme.yaml')
    expect(parsed).toMatchObject({
      ok: true,
      config: {
        tenant: 'acme',
        version: 0,
        credentials: [{ id: 'gateway', sha256: HASH }],
        directKeys: [{ id: 'batch', publicKey: KEY }],
        staticLabels: { region: 'eu' },
        rules: [
          { id: 'rule_0', action: 'drop', separator: ';', replacement: '$1', regex: 'debug_.*' },
          { id: 'short_host', action: 'replace', targetLabel: 'host', sourceLabels: ['host'] },
        ],
        limits: { pointsPerSecond: 10, burstPoints: 50, maxPointAgeMs: 5_400_000, maxLabelsPerSeries: 64 },
        placement: 'dedicated',
        sinks: ['prometheus'],
      },
    })
  })

  it('gives everything a default but the name', () => {
    expect(parseTenantYaml('tenant: a', 'a.yaml')).toMatchObject({
      ok: true,
      config: { credentials: [], rules: [], placement: 'shared', sinks: ['prometheus', 'elasticsearch', 'influxdb'] },
    })
    expect(problemsOf('placement: shared')).toEqual(['acme.yaml:1:1 tenant: This key is required.'])
  })

  it('lets bursts follow what they are bursts of, unless they are given', () => {
    const of = (limits: string): unknown => parseTenantYaml(`tenant: a\nlimits: {${limits}}`, 'a.yaml')
    expect(of('bytes_per_second: 7, max_active_series: 30')).toMatchObject({
      config: { limits: { bytesPerSecond: 7, burstBytes: 35, maxActiveSeries: 30, burstNewSeries: 30 } },
    })
    expect(of('burst_bytes: 9, burst_new_series: 2, new_series_per_second: 1, log_bytes_per_second: 4')).toMatchObject({
      config: { limits: { burstBytes: 9, burstNewSeries: 2, newSeriesPerSecond: 1, logBytesPerSecond: 4 } },
    })
    expect(problemsOf('tenant: a\nlimits: {max_active_series: 0}')).toEqual([
      'acme.yaml:2:10 limits.max_active_series: Too small: expected number to be >=1',
    ])
  })

  it('names all problems at once, each with its line and path', () => {
    const text = `tenant: Acme
credentails: []
static_labels:
  tenant: other
  __name__: x
rules:
  - action: explode
  - regex: "a)(b"
    target_label: x
  - target_label: tenant
limits:
  points_per_seconds: 3
  max_point_age: soon
  max_labels_per_series: 0
sinks: [prometheus, prometheus]
shards: 2
`
    const problems = problemsOf(text)
    expect(problems.map((line) => line.split(': ')[0])).toEqual([
      'acme.yaml:1:1 tenant',
      'acme.yaml:2:1 credentails',
      'acme.yaml:4:3 static_labels.tenant',
      'acme.yaml:5:3 static_labels.__name__',
      'acme.yaml:7:5 rules[0].action',
      'acme.yaml:8:5 rules[1].regex',
      'acme.yaml:10:5 rules[2].target_label',
      'acme.yaml:12:3 limits.points_per_seconds',
      'acme.yaml:13:3 limits.max_point_age',
      'acme.yaml:14:3 limits.max_labels_per_series',
      'acme.yaml:15:21 sinks[1]',
      'acme.yaml:16:1 shards',
    ])
    expect(problems[1]).toContain('did you mean credentials?')
    expect(problems[7]).toContain('did you mean points_per_second?')
    expect(problems.at(-1)).toContain('reserved')
  })

  it('takes limits of logs, of which any must fit into a record', () => {
    const parsed = parseTenantYaml('tenant: a\nlimits: { log_events_per_second: 5, max_log_bytes: 262144 }', 'a.yaml')
    expect(parsed).toMatchObject({ ok: true, config: { limits: { logEventsPerSecond: 5, maxLogBytes: 262_144 } } })
    expect(problemsOf('tenant: a\nlimits: { max_log_bytes: 262145 }')[0]).toContain('limits.max_log_bytes')
    expect(problemsOf('tenant: a\nlimits: { log_events_per_second: 0 }')[0]).toContain('limits.log_events_per_second')
  })

  it('refuses the reserved tenant, a plain key and text that is no YAML', () => {
    expect(problemsOf('tenant: pegel\nstatic_labels: { a: b }')[0]).toContain('reserved')
    expect(problemsOf('tenant: pegel\nalerting: {}')).toEqual([])
    expect(problemsOf('tenant: a\ncredentials: [{ id: x, sha256: pgl_secret }]')[0]).toContain('never the key')
    expect(problemsOf('tenant: [a')).toHaveLength(1)
    expect(problemsOf('tenant: a\ntenant: b')[0]).toMatch(/^acme.yaml:2:1: /)
    expect(problemsOf('')[0]).toContain('acme.yaml:1:1')
  })

  it('knows which keys an action has no use for', () => {
    const rules = `tenant: a
rules:
  - { action: labeldrop, regex: x, source_labels: [y] }
  - { action: keepequal, target_label: a, source_labels: [b], regex: c }
  - { action: hashmod, source_labels: [a] }
  - { action: lowercase, source_labels: [a], target_label: $1, replacement: x }
  - { action: labelmap, regex: (.*), replacement: tenant }
`
    expect(problemsOf(rules).map((line) => line.split(': ')[0]?.split(' ')[1])).toEqual([
      'rules[0].source_labels',
      'rules[1].regex',
      'rules[2].target_label',
      'rules[2].modulus',
      'rules[3].target_label',
      'rules[3].replacement',
      'rules[4].replacement',
    ])
  })

  it('does not take one id for two rules, a default one included', () => {
    expect(problemsOf('tenant: a\nrules: [{ action: drop }, { id: rule_0, action: drop }]')[0]).toContain('rules[1].id')
  })
})

describe('readTenantRecord', () => {
  const record = { tenant: 'acme', version: 3, deleted: false, yaml: COMPLETE, appliedAtMs: 1 }

  it('reads what the strict parser accepted', () => {
    expect(readTenantRecord(record)).toMatchObject({ status: 'read', config: { version: 3 }, ignoredKeys: [] })
  })

  it('ignores keys of a newer program and names them', () => {
    const yaml = `${COMPLETE}slos: []\nnew: 1\n`
      .replace('region: eu', 'region: eu')
      .replace('    action: Drop', '    action: Drop\n    extra: 1')
    expect(readTenantRecord({ ...record, yaml })).toMatchObject({
      status: 'read',
      ignoredKeys: ['rules.0.extra', 'slos', 'new'],
    })
  })

  it('does not guess at a value it cannot read', () => {
    const wrong = readTenantRecord({ ...record, yaml: `${COMPLETE}new: 1\n`.replace('dedicated', 'somewhere') })
    expect(wrong).toMatchObject({ status: 'unreadable', problem: expect.stringContaining('placement') })
    expect(readTenantRecord({ ...record, yaml: '[' }).status).toBe('unreadable')
    expect(readTenantRecord({ ...record, tenant: 'other' }).status).toBe('unreadable')
  })

  it('has no settings for a deleted tenant', () => {
    expect(readTenantRecord({ ...record, deleted: true, yaml: '' })).toEqual({
      status: 'read',
      config: null,
      ignoredKeys: [],
    })
  })
})

describe('checkTenantFiles', () => {
  it('refuses the same tenant twice but lets a key stand in several files', () => {
    const credential = `credentials: [{ id: k, sha256: ${HASH} }]`
    const checked = checkTenantFiles([
      { file: 'a.yaml', text: `tenant: a\n${credential}` },
      { file: 'b.yaml', text: `tenant: b\n${credential}` },
      { file: 'c.yaml', text: `# again\ntenant: a` },
      { file: 'd.yaml', text: `tenant: 5` },
    ])
    expect(checked.files.map((file) => file.config.tenant)).toEqual(['a', 'b'])
    expect(checked.problems.map(formatProblem)).toEqual([
      'c.yaml:2:1 tenant: The tenant a has a file already: a.yaml.',
      expect.stringContaining('d.yaml:1:1 tenant: '),
    ])
  })
})
