import { describe, expect, it } from '@jest/globals'
import { DEFAULT_DETECTION } from './detection-schema.ts'
import { parseTenantYaml } from './tenant-yaml.ts'

function detectionOf(yaml: string) {
  const parsed = parseTenantYaml(`tenant: acme\n${yaml}`, 'acme.yaml')
  if (!parsed.ok) throw new Error(parsed.problems.map(({ path, message }) => `${path}: ${message}`).join('\n'))
  return parsed.config.detection
}

describe('the section detection', () => {
  it('is on, with the built-in selectors and no alerts, when the file says nothing', () => {
    expect(detectionOf('')).toEqual(DEFAULT_DETECTION)
    expect(DEFAULT_DETECTION).toMatchObject({
      enabled: true,
      builtIn: true,
      alert: undefined,
      watch: [],
      maxSeries: 10_000,
    })
  })

  it('reads a selector with everything', () => {
    const { watch } = detectionOf(`
detection:
  watch:
    - id: disk
      metric: system\\.filesystem\\.utilization
      match: { host.name: 'db-.*' }
      values: [value]
      direction: up
      min_deviation: 0.05
      min_deviation_relative: 0.1
      sensitivity: 2
      season: true
      drift: true
      forecast: { threshold: 0.95, within: 12h }
      alert: { severity: critical, on: [forecast], name: DiskFull }
`)
    expect(watch).toEqual([
      {
        id: 'disk',
        metric: 'system\\.filesystem\\.utilization',
        match: { 'host.name': 'db-.*' },
        ignore: false,
        values: ['value'],
        direction: 'up',
        minDeviation: 0.05,
        minDeviationRelative: 0.1,
        sensitivity: 2,
        season: true,
        drift: true,
        forecast: { threshold: 0.95, rising: true, withinMs: 12 * 3_600_000 },
        alert: { severity: 'critical', on: ['forecast'], name: 'DiskFull' },
      },
    ])
  })

  it('tells an alert that is switched off from one that is not mentioned', () => {
    const { watch, alert } = detectionOf(`
detection:
  alert: {}
  watch:
    - { id: a, metric: a, alert: false }
    - { id: b, metric: b }
`)
    expect(alert).toEqual({ severity: 'warning', on: ['anomaly', 'drift', 'forecast'], name: undefined })
    expect(watch.map((rule) => rule.alert)).toEqual([null, undefined])
  })

  it('reads windows of maintenance, once and again', () => {
    const { maintenance } = detectionOf(`
detection:
  maintenance:
    - { from: 2026-11-22T22:00:00Z, to: '2026-11-23T02:00:00Z' }
    - { days: [sat, sun], start: '23:30', for: 2h, metric: 'batch_.*' }
`)
    const fromMs = Date.UTC(2026, 10, 22, 22)
    expect(maintenance).toEqual([
      { metric: '.*', fromMs, toMs: fromMs + 4 * 3_600_000 },
      { metric: 'batch_.*', days: [6, 0], startMinute: 23 * 60 + 30, lengthMs: 7_200_000 },
    ])
  })

  it.each([
    ['a pattern that is none', 'watch: [{ id: a, metric: "(" }]', 'Not a valid RE2 regex'],
    ['a label pattern that is none', 'watch: [{ id: a, metric: a, match: { b: "[" } }]', 'Not a valid RE2 regex'],
    ['two selectors of one id', 'watch: [{ id: a, metric: a }, { id: a, metric: b }]', 'stands in the list already'],
    ['a sensitivity beyond its range', 'watch: [{ id: a, metric: a, sensitivity: 11 }]', 'sensitivity'],
    ['an unknown derived value', 'watch: [{ id: a, metric: a, values: [p42] }]', 'values'],
    ['a window that ends before it begins', 'maintenance: [{ from: 2026-01-02, to: 2026-01-01 }]', 'maintenance'],
    ['an unknown key', 'wach: []', 'wach'],
    ['an alert on nothing', 'alert: { on: [] }', 'alert.on'],
  ])('refuses %s', (_, yaml, problem) => {
    expect(() => detectionOf(`detection:\n  ${yaml}\n`)).toThrow(problem)
  })
})
