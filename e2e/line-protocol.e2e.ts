import { InfluxDB } from '@influxdata/influxdb-client'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '@pegel/testing'
import { newTenant, startPipeline, type Pipeline } from './pipeline.ts'

const tenant = newTenant('lines')
let pipeline: Pipeline
beforeAll(async () => {
  pipeline = await startPipeline([tenant])
}, 120_000)
afterAll(() => pipeline.stop())

type Row = Readonly<Record<string, unknown>>

/** What InfluxDB holds of the tenant: measurement, tags, field, value and time of each point. */
async function stored(): Promise<readonly Row[]> {
  const { PEGEL_INFLUXDB_URL: url = '', PEGEL_INFLUXDB_TOKEN: token = '', PEGEL_INFLUXDB_ORG: org = '' } = pipeline.env
  const flux = `from(bucket: "pegel-shared") |> range(start: -1h) |> filter(fn: (r) => r.tenant == "${tenant.tenant}")`
  const rows = await new InfluxDB({ url, token }).getQueryApi(org).collectRows<Row>(flux)
  return rows.map(({ _time: time, ...row }) => ({
    ...Object.fromEntries(
      Object.entries(row).filter(([key]) => !['result', 'table', '_start', '_stop', 'tenant'].includes(key)),
    ),
    // InfluxDB leaves the last zeros of a time out.
    _time: Date.parse(String(time)),
  }))
}

describe('a line', () => {
  it('leaves at InfluxDB as it came: measurement, tags, fields and time', async () => {
    const ms = Date.now()
    const lines = [
      String.raw`disk\ io,host=a\,b,path=C:\q reads=7i,busy=t,ratio=0.25 ${ms}`,
      `temperature,room=k value=21.5 ${ms}`,
      `queue,otel.metric.unit={item},otel.scope.name=lib gauge=3 ${ms}`,
      `requests counter=9 ${ms}`,
    ]
    const answer = await fetch(`${pipeline.gateway}/api/v2/write?precision=ms`, {
      method: 'POST',
      headers: { authorization: `Token ${tenant.key}` },
      body: lines.join('\n'),
    })
    expect(answer.status).toBe(204)
    const disk = { _measurement: 'disk io', host: 'a,b', path: String.raw`C:\q`, _time: ms }
    const expected = [
      { ...disk, _field: 'reads', _value: 7 },
      { ...disk, _field: 'busy', _value: 1 },
      { ...disk, _field: 'ratio', _value: 0.25 },
      { _measurement: 'temperature', room: 'k', _field: 'value', _value: 21.5, _time: ms },
      {
        _measurement: 'queue',
        'otel.metric.unit': '{item}',
        'otel.scope.name': 'lib',
        _field: 'gauge',
        _value: 3,
        _time: ms,
      },
      { _measurement: 'requests', _field: 'counter', _value: 9, _time: ms },
    ]
    await eventually(
      async () => {
        const found = await stored()
        expect(found).toHaveLength(expected.length)
        expect(found).toEqual(expect.arrayContaining(expected))
      },
      { deadlineMs: 30_000 },
    )
  })
})
