import { hosts, names } from '../oracle/shape.ts'
import type { Scenario, TenantLoad } from './scenario.ts'

/** 1,000 series with ten points each: 10,000 points a request. */
const DENSE = { metrics: names(10), hosts: hosts(100), times: 10, stepMs: 10 }
/** Metrics of equal labels and time share a document: 10,000 points are 200 of them. */
const PACKED = { metrics: names(50), hosts: hosts(20), times: 10, stepMs: 10 }
const FAST = { everyMs: 0, connections: 2 }

const LOAD: readonly TenantLoad[] = [
  { role: 'write', doors: ['remote_write'], shape: DENSE, requests: 1010, backends: ['prometheus'], ...FAST },
  { role: 'packed', doors: ['otlp'], shape: PACKED, requests: 102, backends: ['elasticsearch'], ...FAST },
  { role: 'lines', doors: ['otlp'], shape: DENSE, requests: 102, backends: ['influxdb'], ...FAST },
]

export const VOLUME_SCENARIOS: readonly Scenario[] = [
  {
    name: 'volume',
    about:
      'ten million points over remote write to Prometheus, a million to each other backend; kill -9 of two services meanwhile',
    brokers: 1,
    holdMs: 2000,
    load: LOAD,
    fault: {
      inject: ({ rig }) =>
        Promise.all([rig.fleet.kill('sink-prometheus'), rig.fleet.kill('enricher')]).then(() => undefined),
      heal: ({ rig }) =>
        Promise.all([rig.fleet.start('sink-prometheus'), rig.fleet.start('enricher')]).then(() => undefined),
    },
  },
]
