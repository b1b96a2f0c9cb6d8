import { describe, expect, it } from '@jest/globals'
import type { ElasticsearchClient } from './elasticsearch.client.ts'
import { StreamSetup } from './stream-setup.ts'
import type { TimeBoundsSetting } from './time-bounds.ts'

const { signal } = new AbortController()

/** Notes what it is asked for; `failing` says how many calls fail first. */
function scene(bounds: TimeBoundsSetting, options: { managed?: boolean; failing?: number } = {}) {
  const calls: string[] = []
  let failing = options.failing ?? 0
  const note = (call: string): Promise<void> => {
    calls.push(call)
    return failing-- > 0 ? Promise.reject(new Error('away')) : Promise.resolve()
  }
  const client: ElasticsearchClient = {
    bulk: () => Promise.reject(new Error('nothing is written ahead of the data')),
    putTemplate: ({ name, template }) =>
      note(`template ${name}${JSON.stringify(template).includes('start_time"') ? ' fixed' : ''}`),
    createStream: (stream) => note(`stream ${stream}`),
    setFieldLimit: (stream, limit) => note(`limit ${stream} ${limit}`),
    addFields: () => Promise.reject(new Error('nothing is known ahead of the data')),
    managesTimeBounds: async () => {
      await note('modules')
      return options.managed ?? false
    },
    check: () => Promise.resolve(),
    close: () => Promise.resolve(),
  }
  const setup = new StreamSetup({ client, bounds, dataset: 'pegel', fieldLimit: 9, shards: 1, retentionDays: 30 })
  return { setup, calls }
}

describe('StreamSetup', () => {
  it('makes templates, then streams, where Elasticsearch manages the time bounds', async () => {
    const { setup, calls } = scene({ kind: 'auto' }, { managed: true })
    await setup.ensure('s1', signal)
    await setup.ensure('s2', signal)
    const templates = ['template pegel-metrics', 'template pegel-metrics-late']
    expect(calls).toEqual(['modules', ...templates, 'stream s1', 'limit s1 9', 'stream s2', 'limit s2 9'])
  })

  it('leaves streams to the first write where there is no call to make one', async () => {
    const { setup, calls } = scene({ kind: 'auto' })
    await setup.ensure('s1', signal)
    expect(calls).toEqual(['modules', 'template pegel-metrics fixed', 'template pegel-metrics-late', 'limit s1 9'])
  })

  it('does not ask what it was told', async () => {
    const managed = scene({ kind: 'managed' })
    await managed.setup.ensure('s1', signal)
    expect(managed.calls).toContain('stream s1')
    expect(managed.calls).not.toContain('modules')
    const fixed = scene({ kind: 'fixed', start: 'a', end: 'b' })
    await fixed.setup.ensure('s1', signal)
    expect(fixed.calls).not.toContain('modules')
  })

  it('does everything once, also for tenants that ask at the same time', async () => {
    const { setup, calls } = scene({ kind: 'managed' })
    await Promise.all(['s1', 's1', 's2', 's1'].map((stream) => setup.ensure(stream, signal)))
    await setup.ensure('s1', signal)
    expect(calls.filter((call) => call.startsWith('template'))).toHaveLength(2)
    expect(calls.filter((call) => call.startsWith('stream'))).toEqual(['stream s1', 'stream s2'])
  })

  it('starts over after a failure, and when something has gone missing', async () => {
    const { setup, calls } = scene({ kind: 'managed' }, { failing: 1 })
    await expect(setup.ensure('s1', signal)).rejects.toThrow('away')
    await setup.ensure('s1', signal)
    const all = ['template pegel-metrics', 'template pegel-metrics-late', 'stream s1', 'limit s1 9']
    expect(calls).toEqual([all[0], ...all])
    await setup.again('s1', signal)
    expect(calls.slice(5)).toEqual(all)
  })
})
