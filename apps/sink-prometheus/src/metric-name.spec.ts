import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { labelName, metricName } from './metric-name.ts'
import type { NamedMetric } from './metric-name.ts'

const gauge = { kind: 'gauge', monotonic: false, native: false } as const
const counter = { kind: 'sum', monotonic: true, native: false } as const
const histogram = { kind: 'histogram', monotonic: false, native: false } as const

type Row = readonly [
  kind: Pick<NamedMetric, 'kind' | 'monotonic' | 'native'>,
  name: string,
  unit: string,
  expected: string,
]

const TABLE: readonly Row[] = [
  // Units
  [gauge, 'process.memory', 'By', 'process_memory_bytes'],
  [gauge, 'system.filesystem.usage', 'GiBy', 'system_filesystem_usage_gibibytes'],
  [histogram, 'http.server.duration', 'ms', 'http_server_duration_milliseconds'],
  [histogram, 'http.server.request.duration', 's', 'http_server_request_duration_seconds'],
  [gauge, 'room.temperature', 'Cel', 'room_temperature_celsius'],
  [gauge, 'speed', 'm/s', 'speed_meters_per_second'],
  [counter, 'network.rate', 'By/s', 'network_rate_bytes_per_second_total'],
  [gauge, 'rate', '{packets}/s', 'rate_per_second'],
  [gauge, 'dogs', '{dog}', 'dogs'],
  [gauge, 'pressure', 'hPa', 'pressure_hPa'],
  [gauge, 'odd', 'a b', 'odd_a_b'],
  [gauge, 'odd', '/', 'odd'],
  // The suffix is there already
  [gauge, 'memory.bytes', 'By', 'memory_bytes'],
  [gauge, 'bytes.used', 'By', 'bytes_used'],
  [gauge, 'speed_per_second', 'm/s', 'speed_per_second_meters'],
  // Counters
  [counter, 'http.requests', '{request}', 'http_requests_total'],
  [counter, 'jobs_total', '', 'jobs_total'],
  [counter, 'total.jobs', 's', 'jobs_seconds_total'],
  [{ ...counter, monotonic: false }, 'queue.size', '', 'queue_size'],
  // Ratios
  [gauge, 'cpu.utilization', '1', 'cpu_utilization_ratio'],
  [gauge, 'hit.ratio', '1', 'hit_ratio'],
  [counter, 'events', '1', 'events_total'],
  [histogram, 'share', '1', 'share'],
  [gauge, 'cpu.used', '%', 'cpu_used_percent'],
  // Characters
  [gauge, 'a..b--c', '', 'a_b_c'],
  [gauge, '_private_', '', 'private'],
  [gauge, '99.percentile', '', '_99_percentile'],
  [gauge, 'job:rate:5m', '', 'job:rate:5m'],
  [gauge, 'größe', '', 'gr_e'],
  [gauge, '...', '', '_'],
  // From Prometheus itself: as it is
  [{ ...counter, native: true }, 'go_gc_cycles_automatic_gc_cycles', '', 'go_gc_cycles_automatic_gc_cycles'],
  [{ ...gauge, native: true }, 'a__b_', '', 'a__b_'],
  [{ ...gauge, native: true }, 'a.b', '', 'a_b'],
]

describe('metricName', () => {
  it.each(TABLE)('%j %s (%s) is %s', (kind, name, unit, expected) => {
    expect(metricName({ ...kind, name, unit })).toBe(expected)
  })

  it('is a name that Prometheus takes, whatever came', () => {
    const kinds = fc.constantFrom(gauge, counter, histogram, { ...gauge, native: true })
    fc.assert(
      fc.property(kinds, fc.string({ unit: 'grapheme' }), fc.string(), (kind, name, unit) => {
        expect(metricName({ ...kind, name, unit })).toMatch(/^[a-zA-Z_:][a-zA-Z0-9_:]*$/)
      }),
    )
  })
})

describe('labelName', () => {
  it.each([
    ['http.route', 'http_route'],
    ['_hidden', '_hidden'],
    ['__name__', 'key__name__'],
    ['1st', 'key_1st'],
    ['', 'key_'],
    ['ü', '_'],
  ])('%s is %s', (key, expected) => {
    expect(labelName(key)).toBe(expected)
  })

  it('is a name that Prometheus takes and keeps for nobody', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (key) => {
        expect(labelName(key)).toMatch(/^(?!__[^_])[a-zA-Z_][a-zA-Z0-9_]*$/)
      }),
    )
  })
})
