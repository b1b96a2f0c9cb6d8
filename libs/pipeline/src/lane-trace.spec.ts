import { describe, expect, it } from '@jest/globals'
import { NO_TRACING } from '@pegel/telemetry'
import { fakeTracing } from '@pegel/testing'
import type { FakeSpan } from '@pegel/testing'
import { laneItem, metricsRecord } from '../test/sink-fixtures.ts'
import { endVoid, startWrite } from './lane-trace.ts'
import type { TracedWrite } from './lane-trace.ts'

const about = { sinkName: 'influxdb', attempt: 0 }

function writesOf(spans: readonly (FakeSpan | undefined)[]): readonly TracedWrite[] {
  return spans.map((span) => ({ item: { ...laneItem(metricsRecord()), span }, tally: { open: 2 } }))
}

describe('startWrite', () => {
  it('makes nothing while tracing is off', () => {
    expect(startWrite(NO_TRACING, about, writesOf([undefined]))).toBeUndefined()
  })

  it('is one span below the only record', () => {
    const tracing = fakeTracing()
    const record = tracing.span('record')
    const write = startWrite(tracing, { ...about, attempt: 1 }, writesOf([record]))
    write?.end()
    expect(tracing.started.slice(1)).toMatchObject([
      {
        name: 'write influxdb',
        kind: 'client',
        parent: record.context,
        links: [],
        ended: true,
        attributes: { 'peer.service': 'influxdb', 'pegel.write.attempt': 2, 'pegel.points': 2 },
      },
    ])
  })

  it('shows in the trace of each record that is recorded, all linked to the one of the write', () => {
    const tracing = fakeTracing()
    const records = [tracing.span('a', false), tracing.span('b'), tracing.span('c'), tracing.span('d', false)]
    const write = startWrite(tracing, about, writesOf(records))
    write?.fail('refused')
    write?.end()
    const [shared, copy, ...others] = tracing.started.slice(4)
    expect(others).toEqual([])
    expect(shared?.parent).toEqual(records[1]?.context)
    expect(shared?.links).toEqual(records.map(({ context }) => context))
    expect(copy).toMatchObject({ name: 'write influxdb', parent: records[2]?.context, links: [shared?.context] })
    for (const span of [shared, copy]) expect(span).toMatchObject({ failure: 'refused', ended: true })
  })
})

describe('endVoid', () => {
  it('ends what is given up, and says why', () => {
    const tracing = fakeTracing()
    const span = tracing.span('record')
    endVoid([laneItem(metricsRecord()), { ...laneItem(metricsRecord()), span }], 'the assignment is void')
    expect(tracing.started).toMatchObject([{ failure: 'the assignment is void', ended: true }])
  })
})
