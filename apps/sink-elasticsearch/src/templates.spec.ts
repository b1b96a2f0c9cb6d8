import { describe, expect, it } from '@jest/globals'
import { templatesOf } from './templates.ts'
import type { TemplateOptions } from './templates.ts'

const OPTIONS: TemplateOptions = {
  dataset: 'pegel',
  bounds: { kind: 'managed' },
  fieldLimit: 1234,
  shards: 2,
  retentionDays: 30,
}

describe('templatesOf', () => {
  it('makes a time series stream whose times Elasticsearch moves', () => {
    const [stream] = templatesOf(OPTIONS)
    expect(stream).toMatchObject({
      name: 'pegel-metrics',
      data_stream: {},
      template: {
        settings: {
          index: {
            mode: 'time_series',
            look_back_time: '7d',
            number_of_shards: 2,
            mapping: { total_fields: { limit: 1234 } },
          },
        },
        lifecycle: { data_retention: '30d' },
      },
    })
    expect(stream?.template.settings).not.toHaveProperty('index.time_series')
  })

  it('sets the times itself where it has to', () => {
    const [stream] = templatesOf({ ...OPTIONS, bounds: { kind: 'fixed', start: 'a', end: 'b' } })
    expect(stream?.template.settings).toMatchObject({ index: { time_series: { start_time: 'a', end_time: 'b' } } })
    expect(stream?.template).not.toHaveProperty('lifecycle')
  })

  it('makes the late index a plain one with the same fields, without what only a time series index knows', () => {
    const [, late] = templatesOf(OPTIONS)
    expect(late).not.toHaveProperty('data_stream')
    expect(late?.template).not.toHaveProperty('lifecycle')
    expect(JSON.stringify(late)).not.toMatch(/time_series|synthetic/)
    expect(late?.index_patterns).toEqual(['metrics-pegel.late-*'])
  })

  it('routes by dimensions only', () => {
    const [stream] = templatesOf(OPTIONS)
    const { settings, mappings } = stream?.template as {
      settings: { index: { routing_path: string[] } }
      mappings: {
        properties: Record<string, { time_series_dimension?: boolean }>
        dynamic_templates: Record<string, { path_match?: unknown }>[]
      }
    }
    const labels = mappings.dynamic_templates.find((each) => 'label' in each)?.label?.path_match
    for (const path of settings.index.routing_path) {
      expect(
        path.endsWith('*') ? (labels as string[]).includes(path) : mappings.properties[path]?.time_series_dimension,
      ).toBe(true)
    }
  })
})
