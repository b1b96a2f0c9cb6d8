import { expect, it } from '@jest/globals'
import { PegelError } from '@pegel/errors'
import fc from 'fast-check'
import { alertsErrors } from '../../src/alerts/index.ts'
import { readTriggerRequest, triggerResponse } from '../../src/doors/alerts-grpc/messages.ts'
import { decodeAlerts, encodeAlerts } from '../support/alerts-proto.ts'

const runs = { numRuns: 300, endOnFailure: true }
const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 })
const texts = fc.dictionary(fc.stringMatching(/^[a-z_.]{1,8}$/), fc.string(), { maxKeys: 3, noNullPrototype: true })
const ms = fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 })
const alert = fc.record(
  {
    ...{ name: text, severity: text, tenantId: text, status: text, id: text, summary: text, description: text },
    ...{ generatorUrl: text, labels: texts, annotations: texts, startsAt: ms, endsAt: ms },
  },
  { requiredKeys: [] },
)

function timestamp(atMs: number): object {
  const seconds = Math.floor(atMs / 1000)
  return { seconds, nanos: (atMs - seconds * 1000) * 1e6 }
}

it('reads what a general-purpose library writes', () => {
  fc.assert(
    fc.property(fc.array(alert, { maxLength: 3 }), (alerts) => {
      const sent = alerts.map(({ startsAt, endsAt, ...rest }) => ({
        ...rest,
        ...(startsAt === undefined ? {} : { startsAt: timestamp(startsAt) }),
        ...(endsAt === undefined ? {} : { endsAt: timestamp(endsAt) }),
      }))
      const expected = alerts.map(({ tenantId, generatorUrl, startsAt, endsAt, labels, annotations, ...rest }) => ({
        ...rest,
        ...(tenantId === undefined ? {} : { tenant_id: tenantId }),
        ...(generatorUrl === undefined ? {} : { generator_url: generatorUrl }),
        ...(startsAt === undefined ? {} : { starts_at: new Date(startsAt).toISOString() }),
        ...(endsAt === undefined ? {} : { ends_at: new Date(endsAt).toISOString() }),
        ...(labels === undefined || Object.keys(labels).length === 0 ? {} : { labels }),
        ...(annotations === undefined || Object.keys(annotations).length === 0 ? {} : { annotations }),
      }))
      expect(readTriggerRequest(encodeAlerts('TriggerRequest', { alerts: sent }))).toEqual(expected)
    }),
    runs,
  )
})

it('refuses cleanly what it cannot read', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        readTriggerRequest(Buffer.from(bytes))
      } catch (error) {
        expect(error instanceof PegelError ? error.code : error).toBe(alertsErrors.malformed.code)
      }
    }),
    runs,
  )
})

it('answers what such a library reads', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ id: text, fingerprint: text }), { minLength: 1, maxLength: 3 }), (taken) => {
      expect(decodeAlerts('TriggerResponse', triggerResponse(taken))).toEqual({ alerts: taken })
    }),
    runs,
  )
})
