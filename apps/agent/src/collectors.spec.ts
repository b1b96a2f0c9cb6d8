import { describe, expect, it } from '@jest/globals'
import * as conventions from '@opentelemetry/semantic-conventions/incubating'
import { collectorsOf } from './collectors.ts'
import { fullHost } from './fixtures/full-host.ts'
import { recordedHost } from './fixtures/recorded-host.ts'

const known = new Set<unknown>(Object.values(conventions))
/** Not in the conventions: the hostmetrics receiver's load averages, descriptors of the whole system, and what cgroups say besides. */
const ADDED = new RegExp(
  '^(?:system\\.(?:cpu\\.load_average\\.(?:1|5|15)m|file_descriptor\\.(?:count|limit))' +
    '|container\\.(?:cpu\\.throttled\\.(?:time|periods)|memory\\.(?:limit|oom_kills)|pids\\.count))$',
)
const LIMITS = { topProcesses: 5, processNames: [], maxContainers: 5 }

describe('collectorsOf', () => {
  it('names metrics and attributes as the semantic conventions do', async () => {
    for (const collector of collectorsOf(fullHost(), LIMITS)) {
      for (const { name } of collector.metrics) expect(known.has(name) || ADDED.test(name)).toBe(true)
      for (const { attributes } of await collector.collect()) {
        for (const key of Object.keys(attributes)) expect([key, known.has(key)]).toEqual([key, true])
      }
    }
  })

  it('declares every metric that it observes, and whole numbers where it says so', async () => {
    for (const collector of collectorsOf(fullHost(), LIMITS)) {
      for (const { metric, value } of await collector.collect()) {
        expect(collector.metrics).toContain(metric)
        expect(Number.isFinite(value)).toBe(true)
        if (metric.int) expect(Number.isSafeInteger(value)).toBe(true)
      }
    }
  })

  it('measures processes and containers only where it is to', () => {
    const names = (limits: Partial<typeof LIMITS>) =>
      collectorsOf(fullHost(), { ...LIMITS, ...limits }).map(({ name }) => name)
    expect(names({})).toEqual(expect.arrayContaining(['processes', 'containers']))
    expect(
      names({ topProcesses: 0, maxContainers: 0 }).filter((name) => /^(processes|containers)$/.test(name)),
    ).toEqual([])
  })

  it('asks for nothing under /proc where there is none', async () => {
    const host = recordedHost({ platform: 'darwin', proc: () => Promise.reject(new Error('no /proc')) })
    const names = collectorsOf(host, LIMITS).map((collector) => collector.name)
    expect(names).toEqual(['cpu', 'load', 'memory', 'filesystem'])
    for (const collector of collectorsOf(host, LIMITS)) expect(await collector.collect()).not.toHaveLength(0)
  })
})
