import { beforeEach, describe, expect, it } from '@jest/globals'
import { encodeRecord } from '@pegel/contracts'
import type { ParkedKind, ParkedRecord } from '@pegel/contracts'
import { createContext } from '../src/context.ts'
import { Cli } from './support.ts'

const NONE = Buffer.alloc(0)

function parked(kind: ParkedKind, over: Partial<ParkedRecord> = {}): ParkedRecord {
  return {
    ...{ sink: 'influxdb', tenant: 'acme', topic: 'pegel.metrics.v1', partition: 1, offset: -1, timestampMs: 0 },
    ...{ key: null, value: kind === 'record' ? Buffer.alloc(100) : NONE, headers: [], reason: '', parkedAtMs: 0 },
    ...{ kind, owner: 'a', seq: 1, detail: '', points: 5, records: 0, sizeBytes: 0, upTo: -1 },
    ...over,
  }
}

const STOPPED = { reason: 'dead_letter_rule', detail: 'mapping_conflict' }
const LOG = [
  parked('fence'),
  parked('stop', { offset: 7, ...STOPPED }),
  parked('record', { offset: 7, ...STOPPED }),
  parked('record', { offset: 9, ...STOPPED }),
  parked('record', { tenant: 'beta', offset: 8, reason: 'breaker_open' }),
  parked('fence', { sink: 'prometheus' }),
  parked('record', { sink: 'prometheus', offset: 3, reason: 'lane_full' }),
  parked('drained', { sink: 'prometheus', offset: 3, upTo: 7, points: 0 }),
]

describe('pegel lanes', () => {
  let cli: Cli

  beforeEach(async () => {
    cli = new Cli()
    await cli.run('topics', 'create')
  })

  async function write(records: readonly ParkedRecord[]): Promise<void> {
    const context = createContext(cli.env, { print: () => undefined, note: () => undefined })
    await context.withKafka((kafka) =>
      kafka.producer().send(
        records.map((record) => ({
          ...{ topic: 'pegel.parked.v1', partition: 1, key: record.tenant, value: encodeRecord('Parked', record) },
        })),
      ),
    )
  }

  it('lists what is parked, why, and how much waits', async () => {
    await write(LOG)
    const { code, out, err } = await cli.run('lanes', 'list')
    expect([code, err]).toEqual([0, ''])
    expect(out.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^SINK +TENANT +STATE +WHY +SINCE +RECORDS +POINTS +BYTES +OLDEST$/),
      expect.stringMatching(/^influxdb +acme +stopped +dead_letter_rule \(mapping_conflict\) +\S+Z +2 +10 +200 +\S+Z$/),
      expect.stringMatching(/^influxdb +beta +parked +breaker_open +\S+Z +1 +5 +100 +\S+Z$/),
    ])
    const json = (await cli.run('lanes', 'list', '--json', '--tenant', 'beta')).out
    expect(JSON.parse(json)).toMatchObject({
      ...{ sink: 'influxdb', tenant: 'beta', topic: 'pegel.metrics.v1', partition: 1, state: 'parked' },
      ...{ reason: 'breaker_open', refused: '', records: 1, points: 5, bytes: 100 },
    })
    expect((await cli.run('lanes', 'list', '--sink', 'prometheus')).out).toBe('No lane is parked.\n')
  })

  it('resumes a lane where it is parked, and the audit knows of it', async () => {
    await write(LOG)
    const { code, out } = await cli.run('lanes', 'resume', '--sink', 'influxdb', '--tenant', 'acme')
    expect([code, out]).toEqual([0, 'influxdb pegel.metrics.v1/1/acme is resumed: 2 records\n'])
    const lane = JSON.parse((await cli.run('lanes', 'list', '--json', '--tenant', 'acme')).out) as unknown
    expect(lane).toMatchObject({ state: 'parked', reason: 'resumed', records: 2 })
    const audit = (await cli.run('audit', 'list', '--json')).out
    expect(audit).toContain('"action":"lanes.resume"')
    expect(audit).toContain('influxdb pegel.metrics.v1/1/acme')
  })

  it('accepts the dead letters that it was stopped for, when asked to', async () => {
    await write(LOG)
    const resume = ['lanes', 'resume', '--sink', 'influxdb', '--tenant', 'acme', '--accept-dead-letters', '--json']
    expect(JSON.parse((await cli.run(...resume)).out)).toMatchObject({ refused: 'mapping_conflict' })
    expect((await cli.run('audit', 'list', '--json')).out).toContain('mapping_conflict')
  })

  it('says so when there is nothing to resume', async () => {
    const refused = await cli.run('lanes', 'resume', '--sink', 'influxdb', '--tenant', 'acme')
    expect(refused.code).toBe(1)
    expect(refused.err).toContain('error cli.not_parked')
    expect((await cli.run('lanes', 'resume', '--sink', 'influxdb')).code).toBe(2)
  })
})
