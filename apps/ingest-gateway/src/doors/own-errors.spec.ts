import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { alertsErrors } from '../alerts/index.ts'
import { logsErrors } from '../logs/index.ts'
import { jsonErrors } from '../metrics-json/index.ts'
import { influxErrors } from './influx/errors.ts'
import { mqttErrors } from './mqtt/errors.ts'
import { statsdErrors } from './statsd/errors.ts'

const TABLES = {
  alerts: alertsErrors,
  influx: influxErrors,
  json: jsonErrors,
  logs: logsErrors,
  mqtt: mqttErrors,
  statsd: statsdErrors,
}
const codes = Object.entries(TABLES).flatMap(([door, errors]) =>
  Object.values(errors).map(({ code }) => ({ door, code })),
)

describe("a door's README", () => {
  it.each(codes)('of $door explains $code', ({ door, code }) => {
    expect(readFileSync(`apps/ingest-gateway/src/doors/${door}/README.md`, 'utf8')).toContain(`\`${code}\``)
  })
})
