import { describe, expect, it } from '@jest/globals'
import type { Mail } from './mail.ts'
import { isOver, storyOf } from './story.ts'

const alert = (name: string, source: string) => ({ name, source, status: 'firing' })
const RULE = alert('EndpointFails', 'alertmanager')
const ANOMALY = alert('OrdersFail', 'anomaly-detector')

function mail(changes: Partial<Mail>): Mail {
  return {
    ...{ atMs: 1000, to: ['team@shop.example'], subject: '', text: '', html: '', id: '<1>', inReplyTo: '', group: 'g' },
    ...{ event: 'firing', step: 0, alerts: [RULE, ANOMALY], links: {}, ...changes },
  }
}

const NOTICE = mail({})
const STEP = mail({ id: '<2>', step: 1, to: ['ann@shop.example'], atMs: 6000 })
const ACKNOWLEDGED = mail({ id: '<3>', event: 'acknowledged', atMs: 7000 })
const RESOLVED = mail({ id: '<4>', event: 'resolved', atMs: 21_000 })
const WHOLE = [NOTICE, STEP, ACKNOWLEDGED, RESOLVED]
const STRICT = { rules: true, together: true }

describe('storyOf', () => {
  it('is told in a sentence when all of it is there', () => {
    expect(storyOf([...WHOLE, RESOLVED], STRICT)).toEqual({
      problems: [],
      summary:
        'Alerts: EndpointFails (rule) and OrdersFail (detector) in one mail, escalated to ann@shop.example after 5.0 s, acknowledged by link, resolved after 20.0 s',
    })
  })

  it.each([
    ['nobody was told of', WHOLE.slice(1)],
    ['nobody on call', [NOTICE, ACKNOWLEDGED, RESOLVED]],
    ['nobody was told that somebody takes care', [NOTICE, STEP, RESOLVED]],
    ['nobody was told that it is over', [NOTICE, STEP, ACKNOWLEDGED]],
    ['after it had been acknowledged', [NOTICE, STEP, ACKNOWLEDGED, mail({ id: '<5>', step: 2 }), RESOLVED]],
    ['no mail has', [...WHOLE.map((each) => ({ ...each, alerts: [RULE] })), mail({ id: '<5>', alerts: [ANOMALY] })]],
    ['do not have alerts of', WHOLE.map((each) => ({ ...each, alerts: [RULE] }))],
    ['nobody on call', [NOTICE, { ...STEP, group: 'other' }, ACKNOWLEDGED, RESOLVED]],
    ['nobody on call', [NOTICE, RESOLVED, { ...STEP, alerts: [RULE] }, ACKNOWLEDGED]],
    ['nobody was told of', []],
  ])('misses when %s', (problem, mails) => {
    expect(storyOf(mails, STRICT).problems.join()).toContain(problem)
  })

  it('is the fault’s, not that of an alert which came and went before', () => {
    const before = [
      mail({ id: '<a>', alerts: [ANOMALY], atMs: 0 }),
      mail({ id: '<b>', event: 'resolved', alerts: [ANOMALY] }),
    ]
    expect(storyOf([...before, ...WHOLE], STRICT).summary).toContain('after 5.0 s')
    expect(isOver([...before, NOTICE], STRICT)).toBe(false)
  })

  it('is the fault’s amid chaos, too, though another alert was told of, and nobody had to be woken', () => {
    const other = [
      mail({ id: '<a>', group: 'other', alerts: [ANOMALY], atMs: 0 }),
      mail({ id: '<b>', group: 'other', event: 'resolved', alerts: [ANOMALY] }),
    ]
    const demands = { rules: true, together: false }
    expect(storyOf([...other, ...WHOLE], demands).summary).toContain('after 5.0 s')
    expect(isOver([...other, NOTICE, STEP], demands)).toBe(false)
  })

  it('may be in two mails amid chaos, or miss one of the two', () => {
    const two = [{ ...NOTICE, alerts: [RULE] }, { ...STEP, alerts: [ANOMALY] }, ACKNOWLEDGED, RESOLVED]
    const one = WHOLE.map((each) => ({ ...each, alerts: [ANOMALY] }))
    const none = WHOLE.map((each) => ({ ...each, alerts: [] }))
    const problemsOf = (mails: readonly Mail[]) => storyOf(mails, { rules: true, together: false }).problems
    expect([problemsOf(two), problemsOf(one)]).toEqual([[], []])
    expect(problemsOf(none)).not.toEqual([])
  })

  it('does without rules where there is no Prometheus for them', () => {
    const mails = WHOLE.map((each) => ({ ...each, alerts: [ANOMALY] }))
    expect(storyOf(mails, { rules: false, together: true }).problems).toEqual([])
  })
})
