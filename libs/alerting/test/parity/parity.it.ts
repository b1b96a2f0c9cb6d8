import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { AlertRecord } from '@pegel/contracts'
import { TestTenant } from '../support/tenant.ts'
import type { Told } from '../support/tenant.ts'
import { RealAlertmanager } from './alertmanager.ts'
import { CASES } from './cases.ts'
import type { Step } from './cases.ts'
import { alertingSection, CASE_LABEL, sharedConfig } from './tenant-file.ts'

/** All cases run at the same time; this is when the last look of the slowest one is over. */
const LAST_S = 10

interface Event {
  readonly index: number
  readonly step: Step
}

const config = sharedConfig(CASES)
const events = CASES.flatMap(({ steps }, index) => steps.map((step): Event => ({ index, step }))).sort(
  (a, b) => a.step.atS - b.step.atS,
)
const real = new RealAlertmanager()
const router = new TestTenant(alertingSection(config))

/** An alert of one case. */
function ofCase(alert: AlertRecord, index: number): AlertRecord {
  return { ...alert, labels: { ...alert.labels, [CASE_LABEL]: String(index) } }
}

/** A silence of one case. */
function matchersOf({ matcher: [name, value, isRegex] }: Extract<Step, { silence: string }>, index: number) {
  return [
    { name, value, isRegex },
    { name: CASE_LABEL, value: String(index), isRegex: false },
  ]
}

async function tellReal({ index, step }: Event, startMs: number): Promise<void> {
  const atMs = startMs + step.atS * 1000
  if ('fire' in step) await real.post(ofCase(step.fire, index), { startsAtMs: atMs })
  else if ('resolve' in step)
    await real.post(ofCase(step.resolve, index), { startsAtMs: startMs, endsAtMs: Date.now() })
  else if ('silence' in step)
    await real.silence(`${index}-${step.silence}`, matchersOf(step, index), {
      startsAtMs: Date.now() + 20,
      endsAtMs: atMs + step.forS * 1000,
    })
  else await real.expire(`${index}-${step.expire}`)
}

function tellRouter({ index, step }: Event): void {
  const { nowMs } = router
  if ('fire' in step) router.take({ ...ofCase(step.fire, index), id: idOf(step.fire), startsAtMs: nowMs })
  else if ('resolve' in step)
    router.take({ ...ofCase(step.resolve, index), id: idOf(step.resolve), status: 'resolved', endsAtMs: nowMs })
  else if ('silence' in step) {
    const matchers = matchersOf(step, index).map(({ name, value, isRegex }) => ({
      name,
      value,
      operator: isRegex ? '=~' : '=',
    }))
    const silence = {
      silenceId: `${index}-${step.silence}`,
      matchers,
      startsAtMs: nowMs,
      endsAtMs: nowMs + step.forS * 1000,
      comment: '',
    }
    router.act({ silence })
  } else router.act({ expireSilence: { silenceId: `${index}-${step.expire}` } })
}

function idOf({ name, labels }: AlertRecord): string {
  return JSON.stringify([name, labels])
}

/** Notifications of one case, by receiver and group, in order. */
function toldOf(all: readonly Told[], index: number, compare = Infinity): Readonly<Record<string, readonly Told[]>> {
  const own = all.filter(({ receiver }) => receiver.startsWith(`c${index}_`))
  const groups = Object.groupBy(own, ({ receiver, groupKey }) => `${receiver} ${groupKey}`)
  return Object.fromEntries(Object.entries(groups).map(([key, told]) => [key, (told ?? []).slice(0, compare)]))
}

beforeAll(async () => {
  await real.start(config)
  const startMs = Date.now()
  for (const event of events) {
    await sleep(Math.max(0, startMs + event.step.atS * 1000 - Date.now()))
    await tellReal(event, startMs)
  }
  await sleep(Math.max(0, startMs + LAST_S * 1000 - Date.now()))
  const beganMs = Date.now()
  router.nowMs = beganMs
  for (const event of events) {
    router.pass((beganMs + event.step.atS * 1000 - router.nowMs) / 1000)
    tellRouter(event)
  }
  router.pass((beganMs + LAST_S * 1000 - router.nowMs) / 1000)
}, 120_000)

afterAll(async () => {
  await real.close()
})

describe('parity with Alertmanager', () => {
  const rows = [...readFileSync('docs/alerting.md', 'utf8').matchAll(/^\| parity: (.*?) +\|/gm)].map(
    ([, name = '']) => name,
  )

  it('has a case for each row of docs/alerting.md, and a row for each case', () => {
    expect(rows).toEqual(CASES.map(({ name }) => name))
  })

  it.each(CASES.map(({ name, compare }, index) => ({ name, index, compare })))('$name', ({ index, compare }) => {
    const expected = toldOf(real.told, index, compare)
    expect(toldOf(router.told, index, compare)).toEqual(expected)
    const quiet = CASES[index]?.name.includes('told to nobody') ?? false
    expect(Object.keys(expected).length > 0).toBe(!quiet)
  })
})
