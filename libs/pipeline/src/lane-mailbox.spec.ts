import { describe, expect, it } from '@jest/globals'
import { tenantConfig } from '@pegel/testing'
import { judgeOf, laneItem, metricsRecord, NOTHING, TENANT, tenantsOf } from '../test/sink-fixtures.ts'
import type { RecordSpec } from '../test/sink-fixtures.ts'
import { LaneMailbox } from './lane-mailbox.ts'
import { finishWritten } from './sink-finish.ts'
import type { MetricRecord } from './sink.ts'

const roomy = { recordsPerWrite: 10, pointsPerWrite: 1_000, bytesPerWrite: 1_000_000 }

function mailboxOf(
  records: readonly RecordSpec[],
  limits = roomy,
  tenants = tenantsOf(TENANT),
): LaneMailbox<MetricRecord> {
  const judge = judgeOf(tenants)
  const mailbox = new LaneMailbox({ sinkName: 'prometheus', limits, judge: (record) => judge.judge(record) })
  records.forEach((spec, offset) => mailbox.push(laneItem(metricsRecord({ offset, ...spec }))))
  return mailbox
}

const offsets = (collected: ReturnType<LaneMailbox<MetricRecord>['collect']>): number[] =>
  collected.writes.map(({ item }) => item.record.offset)

describe('LaneMailbox collects', () => {
  it('records in order, up to each bound', () => {
    const specs = Array.from({ length: 5 }, () => ({ points: 4 }))
    const byRecords = mailboxOf(specs, { ...roomy, recordsPerWrite: 2 })
    expect([byRecords.collect(), byRecords.collect(), byRecords.collect(), byRecords.collect()].map(offsets)).toEqual([
      [0, 1],
      [2, 3],
      [4],
      [],
    ])
    expect(offsets(mailboxOf(specs, { ...roomy, pointsPerWrite: 12 }).collect())).toEqual([0, 1, 2])
    const bytes = laneItem(metricsRecord({ points: 4 })).sizeBytes
    expect(offsets(mailboxOf(specs, { ...roomy, bytesPerWrite: bytes * 2.5 }).collect())).toEqual([0, 1])
  })

  it('a record that is over a bound by itself alone', () => {
    const mailbox = mailboxOf([{ points: 50 }, { points: 1 }], { ...roomy, pointsPerWrite: 10 })
    expect(offsets(mailbox.collect())).toEqual([0])
    expect(offsets(mailbox.collect())).toEqual([1])
  })

  it('records of one version of the tenant at a time', () => {
    const tenants = tenantsOf(TENANT)
    tenants.put(tenantConfig(TENANT, { version: 2 }))
    const mailbox = mailboxOf([{}, { head: { configVersion: 2 } }, {}], roomy, tenants)
    expect([mailbox.collect(), mailbox.collect(), mailbox.collect()].map(offsets)).toEqual([[0], [1], [2]])
  })

  it('what needs no write beside what does', () => {
    const mailbox = mailboxOf([{}, { key: 'other' }, { points: 0 }, {}])
    // What is refused is counted in the order of the lane: not before what came before it is written.
    const first = mailbox.collect()
    expect([first.writes.map(({ item }) => item.record.offset), first.finished]).toEqual([[0], []])
    const { writes, finished, wait } = mailbox.collect()
    expect(writes.map(({ item }) => item.record.offset)).toEqual([3])
    expect(finished.map(({ item }) => item.record.offset)).toEqual([1, 2])
    expect(wait).toBeNull()
    expect(mailbox.length).toBe(0)
  })

  it('nothing past a record that cannot be judged yet, and waits once it stands first', () => {
    const tenants = tenantsOf(TENANT)
    const mailbox = mailboxOf([{}, { head: { configVersion: 2 } }, {}], roomy, tenants)
    expect(mailbox.collect()).toMatchObject({ writes: [{ item: { record: { offset: 0 } } }], wait: null })
    expect(mailbox.collect()).toMatchObject({ writes: [], finished: [], wait: { reason: 'tenant_version_unknown' } })
    tenants.put(tenantConfig(TENANT, { version: 2 }))
    expect(offsets(mailbox.collect())).toEqual([1])
  })
})

describe('a finished record', () => {
  it('without points has a row of its own', () => {
    const [finished] = mailboxOf([{ points: 0 }]).collect().finished
    expect(finished?.row).toMatchObject({
      tenant: TENANT,
      offset: 100,
      partition: 3,
      produced: 0,
      counts: { delivered: 0 },
    })
    expect(finished?.deadLetter).toBeNull()
  })

  it('that cannot be believed is counted under its own offset, and its bytes are kept', () => {
    const spec = { key: 'other', partition: 1 }
    const [finished] = mailboxOf([spec]).collect().finished
    const value = finished?.item.record.value
    expect(finished?.row).toMatchObject({
      tenant: 'pegel',
      topic: 'pegel.metrics.v1',
      offset: 0,
      unreadable: 1,
      produced: 0,
    })
    expect(finished?.deadLetter).toMatchObject({
      tenant: 'pegel',
      stage: 'sink',
      sink: 'prometheus',
      value,
      refusals: [{ point: -1, reason: 'tenant_mismatch' }],
    })
  })

  it('of a deleted tenant counts its points so', () => {
    const tenants = tenantsOf(TENANT)
    tenants.remove(TENANT)
    const [finished] = mailboxOf([{ points: 3 }], roomy, tenants).collect().finished
    expect(finished?.row).toMatchObject({ produced: 3, counts: { tenantDeleted: 3, delivered: 0 } })
  })

  it('with refused points has one dead letter that names them in order, with short messages', () => {
    const [write] = mailboxOf([{ points: 3 }]).collect().writes
    if (write === undefined) throw new Error('expected a record to write')
    const refused = (point: number) => ({ point, reason: 'too_old', message: 'x'.repeat(500) })
    write.tally.apply({ ...NOTHING, delivered: 1, rejected: [refused(2), refused(0)] })
    const finished = finishWritten(write, 'prometheus', write.record.envelope.receivedAtMs + 40)
    expect(finished.row).toMatchObject({ produced: 3, latencyMs: 40, counts: { delivered: 1, deadLettered: 2 } })
    expect(finished.deadLetter?.refusals.map(({ point }) => point)).toEqual([0, 2])
    expect(finished.deadLetter?.refusals[0]?.message).toHaveLength(200)
    expect(finished.deadLetter?.value).toBe(write.item.record.value)
  })

  it('stops before the record with which too much is refused, and stays there', () => {
    const refused: string[] = []
    const mailbox = new LaneMailbox({
      sinkName: 'prometheus',
      limits: roomy,
      judge: (record) => judgeOf().judge(record),
      onRefused: (points, reason) => {
        refused.push(`${points} ${reason}`)
        return refused.length > 1 ? reason : null
      },
    })
    for (const [offset, spec] of [{ key: 'other' }, { key: 'other' }, {}].entries())
      mailbox.push(laneItem(metricsRecord({ offset, ...spec })))
    const first = mailbox.collect()
    expect([first.finished.length, first.stop]).toEqual([1, 'tenant_mismatch'])
    expect(mailbox.collect()).toEqual({ writes: [], finished: [], wait: null, stop: 'tenant_mismatch' })
    expect(refused).toEqual(['1 tenant_mismatch', '1 tenant_mismatch'])
    expect(mailbox.clear().map(({ record }) => record.offset)).toEqual([1, 2])
  })
})
