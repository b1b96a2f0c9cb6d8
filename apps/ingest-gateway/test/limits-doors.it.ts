import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually, requireKafka } from '@pegel/testing'
import { DOORS } from './support/doors.ts'
import { RunningGateway } from './support/running-gateway.ts'

let gateway: RunningGateway
beforeAll(async () => {
  const limits = 'points_per_second: 1, burst_points: 5, log_events_per_second: 1'
  gateway = await RunningGateway.start(requireKafka(), { limits })
  // Another tenant's bytes are scarce, not its points.
  await gateway.publish('globex', 4, { limits: 'bytes_per_second: 1000, burst_bytes: 1000, log_bytes_per_second: 200' })
})
afterAll(() => gateway.close())

const values = ['a', 'b', 'c', 'd', 'e']
const cases = Object.entries(DOORS).flatMap(([name, door]) => {
  const [count, bytes] =
    door.takes === 'points'
      ? (['points_per_second', 'bytes_per_second'] as const)
      : (['log_events_per_second', 'log_bytes_per_second'] as const)
  const codes = {
    points_per_second: 'rate_limited',
    bytes_per_second: 'bytes_rate_limited',
    log_events_per_second: 'logs_rate_limited',
    log_bytes_per_second: 'log_bytes_rate_limited',
  }
  return [
    { name, door, tenant: 'acme', setting: count, code: codes[count] },
    { name, door, tenant: 'globex', setting: bytes, code: codes[bytes] },
  ] as const
})

describe('a request beyond a rate', () => {
  it.each(cases)(
    '$setting is refused in the words of $name, which say when to come back',
    async ({ door, ...expected }) => {
      const { tenant, setting, code } = expected
      const answer = await eventually(async () => {
        const answer = await door.send(gateway, values, tenant)
        expect([429, 'RESOURCE_EXHAUSTED']).toContain(answer.status)
        return answer
      })
      expect(answer.retryAfterS).toBeGreaterThanOrEqual(1)
      expect(answer.text).toContain(`limits.${setting}`)
      expect(answer.text).toContain(`gateway.${code}`)
    },
  )

  it('is in the metrics and, once a second, in the ledger, by the setting', async () => {
    const metrics = await gateway.metrics()
    for (const { tenant, setting } of cases)
      expect(metrics).toMatch(new RegExp(`requests_shed_total\\{tenant="${tenant}",reason="${setting}",.*\\} [1-9]`))
    await eventually(async () => {
      const points = (await gateway.records()).flatMap(({ envelope }) => envelope.refused.map(({ reason }) => reason))
      const logs = (await gateway.events()).flatMap(({ batch }) => batch.refused.map(({ reason }) => reason))
      expect([...new Set([...points, ...logs])].sort()).toEqual(
        [...new Set(cases.map(({ setting }) => setting))].sort(),
      )
    })
    for (const { envelope } of await gateway.records()) {
      const refused = envelope.refused.reduce((sum, { count }) => sum + count, 0)
      expect(envelope.received).toBe(envelope.points + refused)
    }
  })
})
