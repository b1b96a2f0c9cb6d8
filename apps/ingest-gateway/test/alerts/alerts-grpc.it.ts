import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { decodeRecord, recordNameOf } from '@pegel/contracts'
import type { AlertRecord } from '@pegel/contracts'
import { requireKafka } from '@pegel/testing'
import { decodeAlerts, encodeAlerts } from '../support/alerts-proto.ts'
import { RawClient } from '../support/grpc-client.ts'
import type { CallSettings, Outcome } from '../support/grpc-client.ts'
import { expectedOf, grpcRows, rowOf } from '../support/grpc-rows.ts'
import { RunningGateway } from '../support/running-gateway.ts'

let gateway: RunningGateway
let client: RawClient

beforeAll(async () => {
  gateway = await RunningGateway.start(requireKafka(), { limits: 'alerts_per_second: 10' })
  client = new RawClient(gateway.grpcPort)
})
afterAll(async () => {
  client.close()
  await gateway.close()
})

function trigger(alerts: readonly object[], settings: CallSettings = {}): Promise<Outcome> {
  return send(encodeAlerts('TriggerRequest', { alerts }), settings)
}

function send(body: Buffer, settings: CallSettings = {}): Promise<Outcome> {
  return client.unary(body, { path: '/pegel.alerts.v1.Alerts/Trigger', ...settings })
}

async function written(): Promise<readonly AlertRecord[]> {
  const found: AlertRecord[] = []
  const reader = await gateway.kafka.readAll('pegel.alerts.v1', ({ value }) => {
    if (value !== null && recordNameOf(['Alert'], value) !== undefined) found.push(decodeRecord('Alert', value))
  })
  await reader.caughtUp
  await reader.close()
  return found
}

describe('alerts over gRPC', () => {
  it('are in Kafka when the call is answered, with all that was given', async () => {
    const first = {
      ...{ name: 'Slow', severity: 'critical', tenantId: 'acme', id: 'one', generatorUrl: 'https://x.example/' },
      ...{ labels: { host: 'a', zone: 'b' }, annotations: { runbook_url: 'r' }, summary: 's', description: 'd' },
      startsAt: { seconds: 1_767_614_400, nanos: 500_000_000 },
    }
    const over = { name: 'Over', status: 'resolved', endsAt: { seconds: 1_767_614_400 } }
    const { status, body } = await trigger([first, over])
    expect(status).toBe('OK')
    const { alerts } = decodeAlerts('TriggerResponse', body) as { alerts: { id: string }[] }
    expect(alerts).toEqual([
      { id: 'one', fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/) },
      { id: expect.any(String), fingerprint: expect.any(String) },
    ])
    expect(await written()).toMatchObject([
      {
        ...{ tenant: 'acme', source: 'gateway', status: 'firing', name: 'Slow', severity: 'critical', id: 'one' },
        ...{ labels: { host: 'a', zone: 'b', tenant: 'acme' }, startsAtMs: 1_767_614_400_500, endsAtMs: null },
        ...{ annotations: { runbook_url: 'r', summary: 's', description: 'd' }, generatorUrl: 'https://x.example/' },
      },
      { status: 'resolved', name: 'Over', severity: 'warning', endsAtMs: 1_767_614_400_000, id: alerts[1]?.id },
    ])
  })

  /** A minute's worth of alerts: no pause of a busy machine pays the debt back. */
  const many = Array.from({ length: 650 }, (_, index) => ({ name: `A${index}` }))
  const BAD: Readonly<Record<string, () => Promise<Outcome>>> = {
    'no key': () => trigger([{ name: 'A' }], { headers: { authorization: '' } }),
    'bytes that are no TriggerRequest': () => send(Buffer.from([0x0a, 0x7f, 1])),
    'an alert without a name, or none': async () => {
      expect(await trigger([])).toMatchObject({ reason: 'alerts.malformed' })
      return trigger([{ severity: 'info' }])
    },
    'an alert that names another tenant': () => trigger([{ name: 'A', tenantId: 'globex' }]),
    // More than a burst is let in once the bucket is full, and leaves a debt.
    "alerts beyond the tenant's rate": async () => {
      const first = await trigger(many)
      return first.status === 'OK' ? trigger(many) : first
    },
  }

  it.each(Object.keys(BAD))('with %s are refused, and nothing is taken', async (input) => {
    const outcome = await BAD[input]?.()
    expect(outcome).toMatchObject(expectedOf(rowOf(grpcRows('alerts-grpc'), input), expect.any(Number)))
    expect((await written()).filter(({ name }) => name === 'A')).toEqual([])
  })
})
