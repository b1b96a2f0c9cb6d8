import { beforeEach, describe, expect, it } from '@jest/globals'
import { encodeRecord } from '@pegel/contracts'
import type { AlertRecord, AnomalyRecord } from '@pegel/contracts'
import type { KafkaPort } from '@pegel/kafka'
import { eventually } from '@pegel/testing'
import { createContext } from '../src/context.ts'
import { Cli } from './support.ts'

const anomaly: AnomalyRecord = {
  ...{ tenant: 'acme', id: 'a1', kind: 'anomaly', status: 'opened', fingerprint: 'f', metric: 'shop.orders' },
  ...{ derived: 'rate', unit: '', labels: { tenant: 'acme', status: 'failed' }, resource: {}, score: 0.7 },
  ...{ value: 9, expected: 1, lower: 0, upper: 2, reason: 'highest value in 14 days; usual range 0–2' },
  ...{ openedAtMs: Date.UTC(2026, 0, 2, 3, 4, 5), resolvedAtMs: null, resolution: '', groupId: 'g' },
  ...{ firstMover: null, forecast: null, watch: 'orders', maintenance: false },
}
const alert: AlertRecord = {
  ...{
    tenant: 'acme',
    id: 'a1',
    source: 'anomaly-detector',
    status: 'firing',
    name: 'OrdersFail',
    severity: 'critical',
  },
  ...{ labels: { tenant: 'acme' }, annotations: {}, startsAtMs: 1, endsAtMs: null, groupId: 'g' },
  ...{ evidence: null, generatorUrl: '' },
}

describe('pegel anomalies', () => {
  let cli: Cli

  beforeEach(async () => {
    cli = new Cli()
    await cli.run('topics', 'create')
  })

  function withKafka<T>(use: (kafka: KafkaPort) => Promise<T>): Promise<T> {
    return createContext(cli.env, { print: () => undefined, note: () => undefined }).withKafka(use)
  }

  async function write(anomalies: readonly AnomalyRecord[], alerts: readonly AlertRecord[] = []): Promise<void> {
    await withKafka((kafka) =>
      kafka.producer().send([
        ...anomalies.map((record) => ({
          topic: 'pegel.anomalies.v1',
          key: record.tenant,
          value: encodeRecord('Anomaly', record),
        })),
        ...alerts.map((record) => ({
          topic: 'pegel.alerts.v1',
          key: record.tenant,
          value: encodeRecord('Alert', record),
        })),
        { topic: 'pegel.anomalies.v1', key: 'acme', value: Buffer.of(1, 2) },
      ]),
    )
  }

  it('lists what was found, once, with how it ended and what it raised', async () => {
    const resolved: AnomalyRecord = { ...anomaly, status: 'resolved', resolution: 'back_in_range' }
    const other: AnomalyRecord = { ...anomaly, tenant: 'beta', id: 'b1', derived: 'value', labels: {}, openedAtMs: 0 }
    await write([anomaly, anomaly, resolved, other], [alert])
    const { code, out } = await cli.run('anomalies')
    expect(code).toBe(0)
    expect(out.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^TENANT +SINCE +KIND +STATE +ALERT +SERIES +WHY$/),
      expect.stringMatching(/^beta +1970-01-01T00:00:00.000Z +anomaly +open +– +shop.orders +highest value/),
      expect.stringMatching(
        /^acme +2026-.* +anomaly +back_in_range +critical +rate of shop.orders\{status="failed"\} +highest/,
      ),
    ])
    expect((await cli.run('anomalies', '--tenant', 'beta')).out).not.toContain('acme')
  })

  it('gives every record as JSON, repetitions too', async () => {
    await write([anomaly, anomaly], [alert])
    const lines = (await cli.run('anomalies', '--json')).out.trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { record: 'anomaly', id: 'a1', status: 'opened' },
      { record: 'anomaly', id: 'a1' },
      { record: 'alert', severity: 'critical' },
    ])
  })

  it('says so when the detector does not catch up in the time given', async () => {
    await withKafka((kafka) => kafka.producer().send([{ topic: 'pegel.metrics.v1', key: 'acme', value: Buffer.of(1) }]))
    expect((await cli.run('anomalies', '--wait', '300ms')).err).toContain('has not caught up')
    const refused = await cli.run('anomalies', '--wait', 'soon')
    expect(refused.code).toBe(1)
    expect(refused.err).toContain('no duration')
  })

  it('follows until it is stopped', async () => {
    const running = cli.run('anomalies', '--follow', '--tenant', 'acme')
    await write([anomaly, { ...anomaly, tenant: 'beta' }], [alert])
    await eventually(() => expect(cli.out.trimEnd().split('\n')).toHaveLength(2))
    cli.interrupt()
    expect((await running).code).toBe(0)
    expect(cli.out).not.toContain('beta')
  })
})
