import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { TestTenant } from '../../test/support/tenant.ts'

const FILE = `
  channels: [{ name: chat, type: log }, { name: mail, type: log, send_resolved: false }]
  people: [{ name: alice, channels: [mail] }]
  receivers: [{ name: team, channels: [chat, mail], escalation: loud }]
  route: { receiver: team, group_by: [alertname], group_wait: 10s, group_interval: 30s, repeat_interval: 5m }
  inhibit_rules: [{ source_matchers: [alertname=A], target_matchers: [alertname=B], equal: [host] }]
  flapping: { changes: 5, within: 5m, calm: 1m }
  escalations:
    - { name: loud, steps: [{ notify: [{ person: alice }] }, { wait: 40s, notify: [{ channel: chat }] }], repeat: 1, repeat_wait: 1m }
`

const name = fc.constantFrom('A', 'B')
const host = fc.constantFrom('a', 'b')
const step = fc.oneof(
  fc.record({ what: fc.constant('fire' as const), name, host }),
  fc.record({ what: fc.constant('resolve' as const), name, host }),
  fc.record({ what: fc.constant('pass' as const), seconds: fc.integer({ min: 0, max: 90 }) }),
)

describe('a router that crashes anywhere', () => {
  it('goes on as if nothing had happened: all that matters is stored', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(step, fc.boolean()), { maxLength: 25 }), (steps) => {
        const [steady, crashing] = [new TestTenant(FILE), new TestTenant(FILE)]
        for (const [each, crash] of steps) {
          for (const tenant of [steady, crashing]) {
            // No two things at the same millisecond: which of them came first is not stored.
            tenant.pass(0.001)
            if (each.what === 'pass') tenant.pass(each.seconds)
            else tenant[each.what](each.name, { host: each.host })
          }
          if (crash) crashing.restart()
        }
        for (const tenant of [steady, crashing]) tenant.pass(900)
        expect(crashing.sent).toEqual(steady.sent)
      }),
      { numRuns: 150 },
    )
  })
})
