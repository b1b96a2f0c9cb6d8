import { beforeEach, describe, expect, it } from '@jest/globals'
import { decodeRecord } from '@pegel/contracts'
import { defineErrors } from '@pegel/errors'
import { kafkaErrors } from '@pegel/kafka'
import type { KafkaRecord, OutgoingRecord, ReadAllOptions } from '@pegel/kafka'
import { createLogger } from '@pegel/telemetry'
import { bytesOf, FakeKafka, kafkaRecord } from '../../test/support/fake-kafka.ts'
import { AUDIT_TOPIC, createAuditWriter } from './audit-writer.ts'
import type { AuditWriter, AuditWriterOptions } from './audit-writer.ts'
import { AuditVerifier } from './audit-verifier.ts'

const log = createLogger({ service: 'test', level: 'silent' })
const errors = defineErrors('test', {
  lost: { retryable: true, text: 'lost' },
  missing: { retryable: false, text: 'missing' },
})
const apply = { action: 'tenants.update', tenant: 'acme', target: 'acme@7', parameters: { dry: false, n: 3 } }

/** Kafka whose topics can be read again. */
class ReadableKafka extends FakeKafka {
  readAll(topic: string, onRecord: (record: KafkaRecord) => void, { from = () => 0 }: ReadAllOptions = {}) {
    const records = this.outputs(topic)
    const range = { topic, partition: 0, earliest: 0, latest: records.length }
    for (const [offset, { value }] of records.entries()) {
      if (offset >= from(range)) onRecord(kafkaRecord(offset, { topic, value }))
    }
    return Promise.resolve({ caughtUp: Promise.resolve(), close: () => Promise.resolve() })
  }
}

describe('createAuditWriter', () => {
  let kafka: ReadableKafka
  const writer = (over: Partial<AuditWriterOptions> = {}): AuditWriter =>
    createAuditWriter({ kafka: kafka.port, service: 'pegel', actor: 'ada', log, ...over })
  const events = () => kafka.outputs(AUDIT_TOPIC).map((record) => decodeRecord('AuditEvent', bytesOf(record)))
  const outcomes = (): string[] => events().map(({ outcome }) => outcome)
  const verdict = () => {
    const verifier = new AuditVerifier({ earliest: 0, schemas: { byFingerprint: () => undefined } })
    for (const [offset, { value }] of kafka.outputs(AUDIT_TOPIC).entries()) verifier.add({ offset, value })
    return verifier.verdict()
  }
  const failOnce = (record: 'audit' | 'all', error: Error): void => {
    kafka.beforeSend = (records: readonly OutgoingRecord[]) => {
      if (record === 'audit' && records[0]?.topic !== AUDIT_TOPIC) return
      kafka.beforeSend = () => undefined
      throw error
    }
  }

  beforeEach(() => {
    kafka = new ReadableKafka()
  })

  it('publishes the schema, then writes a chain, keyed by tenant', async () => {
    const audit = writer()
    await Promise.all([audit.write(apply, 'started'), audit.write(apply, 'succeeded', 'well')])
    await audit.close()
    expect(kafka.sent.map(([first]) => first?.topic)).toEqual(['pegel.schemas.v1', AUDIT_TOPIC, AUDIT_TOPIC])
    expect(kafka.outputs(AUDIT_TOPIC)[0]?.key).toBe('acme')
    expect(events()).toEqual([
      expect.objectContaining({ sequence: 0, service: 'pegel', actor: 'ada', tenant: 'acme', outcome: 'started' }),
      expect.objectContaining({ sequence: 1, action: 'tenants.update', target: 'acme@7', message: 'well' }),
    ])
    expect(events()[0]?.parameters).toEqual([
      { name: 'dry', value: 'false' },
      { name: 'n', value: '3' },
    ])
    expect(verdict()).toEqual({ events: 2, chains: 1, begunBefore: 0, problems: [] })
  })

  it('begins a chain at the newest event of the topic', async () => {
    for (const actor of ['ada', 'bob']) {
      const audit = writer({ actor })
      await audit.write(apply, 'started')
      await audit.close()
    }
    const [first, second] = events()
    expect(second?.previousHash).toEqual(first?.hash)
    expect(first?.writer).not.toBe(second?.writer)
    expect(verdict()).toMatchObject({ chains: 2, problems: [] })
  })

  it('sends the same bytes again until Kafka has them', async () => {
    failOnce('audit', errors.lost())
    const audit = writer()
    await audit.write(apply, 'started')
    await audit.write(apply, 'succeeded')
    expect(outcomes()).toEqual(['started', 'succeeded'])
    expect(verdict().problems).toEqual([])
  })

  it('gives up after the deadline, and goes on in a new chain', async () => {
    const audit = writer({ deadlineMs: 30 })
    await audit.write(apply, 'started')
    kafka.beforeSend = () => Promise.reject(errors.lost())
    const failed = audit.write(apply, 'failed')
    await expect(failed).rejects.toMatchObject({ code: 'pipeline.audit_failed', retryable: true })
    await expect(failed).rejects.toThrow('tenants.update within 0.03 s (lost)')
    kafka.beforeSend = () => undefined
    await audit.write(apply, 'succeeded')
    expect(new Set(events().map((event) => event.writer)).size).toBe(2)
    expect(verdict()).toMatchObject({ chains: 2, problems: [] })
  })

  it.each([errors.missing(), kafkaErrors.topic_missing({ topic: AUDIT_TOPIC })])(
    'does not wait for what waiting does not mend: %s',
    async (error) => {
      failOnce('all', error)
      await expect(writer().write(apply, 'started')).rejects.toBe(error)
      expect(events()).toEqual([])
    },
  )

  it('keeps texts short', async () => {
    await writer().write({ ...apply, parameters: { all: 'x'.repeat(5000) } }, 'failed', 'y'.repeat(5000))
    const [event] = events()
    expect(event?.message).toHaveLength(1000)
    expect(event?.parameters[0]?.value).toHaveLength(1000)
  })

  it('names the user of this process when it is told nobody', async () => {
    const audit = createAuditWriter({ kafka: kafka.port, service: 'pegel', log })
    await audit.write(apply, 'started')
    expect(events()[0]?.actor).not.toBe('')
  })

  it('refuses after close', async () => {
    const audit = writer()
    await audit.close()
    await expect(audit.write(apply, 'started')).rejects.toMatchObject({ code: 'pipeline.writer_closed' })
  })

  describe('run', () => {
    it('writes beginning and end of each action around the work', async () => {
      const during: string[] = []
      const result = await writer().run([apply, { ...apply, target: 'b@1' }], () => {
        during.push(...outcomes())
        return Promise.resolve(7)
      })
      expect(result).toBe(7)
      expect(during).toEqual(['started', 'started'])
      expect(outcomes()).toEqual(['started', 'started', 'succeeded', 'succeeded'])
    })

    it('writes why the work failed, and throws that', async () => {
      await expect(writer().run([apply], () => Promise.reject(errors.missing()))).rejects.toThrow('missing')
      await expect(writer().run([apply], () => Promise.reject(new Error('a bug')))).rejects.toThrow('a bug')
      expect(outcomes()).toEqual(['started', 'failed', 'started', 'failed'])
      expect(events().map(({ message }) => message)).toEqual(['', 'test.missing: missing', '', 'internal: a bug'])
    })

    it('does nothing that cannot be audited', async () => {
      kafka.beforeSend = () => Promise.reject(errors.lost())
      let done = false
      const work = (): Promise<void> => {
        done = true
        return Promise.resolve()
      }
      await expect(writer({ deadlineMs: 30 }).run([apply], work)).rejects.toMatchObject({
        code: 'pipeline.audit_failed',
      })
      expect(done).toBe(false)
    })
  })
})
