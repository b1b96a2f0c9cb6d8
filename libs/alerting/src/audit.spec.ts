import { expect, it } from '@jest/globals'
import type { AlertActionRecord } from '@pegel/contracts'
import { auditOf } from './audit.ts'
import { actionRecord } from './requests.ts'

const asker = { tenant: 'acme', by: 'bob', source: 'api', nowMs: 0 }
const common = { by: 'bob', source: 'api' }
const [from, until] = ['1970-01-01T00:00:00.000Z', '1970-01-01T00:00:01.000Z']
const about = { target: 'feedfacefeedface', note: 'on it', occurrenceMs: null }
const silence = { silenceId: 's', startsAtMs: 0, endsAtMs: 1000, comment: '' }

it.each<[Partial<AlertActionRecord>, string, string, object]>([
  [{ acknowledge: about }, 'alerts.acknowledge', about.target, { note: 'on it' }],
  [{ resolve: { ...about, note: '' } }, 'alerts.resolve', about.target, {}],
  [
    { silence: { ...silence, matchers: [{ name: 'a', operator: '=~', value: 'b"c' }] } },
    ...(['alerts.silence', 's', { matchers: 'a=~"b\\"c"', from, until }] as const),
  ],
  [{ silence: { ...silence, matchers: [], endsAtMs: 1e300 } }, 'alerts.silence', 's', { from, until: '1e+300' }],
  [{ expireSilence: { silenceId: 's' } }, 'alerts.silence.expire', 's', {}],
  [
    { override: { overrideId: 'o', schedule: 'primary', person: 'eve', fromMs: 0, untilMs: 1000 } },
    ...(['oncall.override', 'primary', { override: 'o', person: 'eve', from, until }] as const),
  ],
  [{ expireOverride: { overrideId: 'o' } }, 'oncall.override.expire', 'o', {}],
])('audits %j', (part, action, target, parameters) => {
  expect(auditOf(actionRecord(asker, part))).toEqual({
    ...{ action, target, tenant: 'acme' },
    parameters: { ...parameters, ...common },
  })
})

it('knows that nobody asked for a heartbeat', () => {
  expect(auditOf(actionRecord(asker, { heartbeat: { name: 'Watchdog' } }))).toBeUndefined()
})
