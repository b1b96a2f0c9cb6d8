import { describe, expect, it } from '@jest/globals'
import { detectionLine, parseDetection } from './detection-records.ts'
import type { AlertLine, AnomalyLine } from './detection-records.ts'
import { eventProblems, notShown } from './detections.ts'

const anomaly = (id: string, status: AnomalyLine['status'], over: Partial<AnomalyLine> = {}): AnomalyLine => ({
  ...{
    record: 'anomaly',
    tenant: 'shop',
    id,
    kind: 'anomaly',
    status,
    fingerprint: 'f',
    metric: 'm',
    derived: 'value',
  },
  ...{ labels: {}, reason: 'highest value', openedAtMs: 1, resolution: '', groupId: 'g', firstMover: null, watch: 'w' },
  ...over,
})
const alert = (id: string, status: AlertLine['status']): AlertLine => ({
  ...{
    record: 'alert',
    source: 'anomaly-detector',
    tenant: 'shop',
    id,
    status,
    name: 'OrdersFail',
    severity: 'critical',
  },
  ...{ annotations: { summary: 'rate of shop.orders: highest value' }, startsAtMs: 0, endsAtMs: null },
})

describe('what the detector wrote', () => {
  it('is good when one event follows the other, and repetitions are the same', () => {
    const records = [
      anomaly('a', 'opened'),
      anomaly('a', 'resolved'),
      anomaly('a', 'opened'),
      anomaly('b', 'opened'),
      alert('a', 'firing'),
    ]
    expect(eventProblems(records)).toEqual([])
  })

  it.each([
    ['opened twice', [anomaly('a', 'opened'), anomaly('b', 'opened')], 'was opened twice'],
    ['resolved without a beginning', [anomaly('a', 'resolved')], 'while nothing was open'],
    ['repeated with other content', [anomaly('a', 'opened'), anomaly('a', 'opened', { reason: 'x' })], 'other content'],
    ['an alert of nothing', [alert('a', 'firing')], 'has no anomaly'],
  ])('is not when something is %s', (_, records, problem) => {
    expect(eventProblems(records).join()).toContain(problem)
  })

  it('keeps series and kinds apart', () => {
    const others = [anomaly('b', 'opened', { kind: 'drift' }), anomaly('c', 'opened', { derived: 'p95' })]
    expect(eventProblems([anomaly('a', 'opened'), ...others])).toEqual([])
  })
})

describe('what the shop must show', () => {
  const shown = [
    anomaly('a', 'opened', { watch: 'checkout' }),
    anomaly('b', 'opened', { kind: 'drift', metric: 'shop.model.confidence' }),
    anomaly('c', 'opened', { kind: 'forecast', metric: 'shop.disk.utilization' }),
  ]

  it('is there when each of it has begun', () => {
    expect(notShown(shown)).toEqual([])
  })

  it.each([
    ['of another tenant', { tenant: 'agent' }],
    ['over, without a beginning', { status: 'resolved' as const }],
  ])('is missing when it is %s', (_, over) => {
    expect(notShown(shown.map((each) => ({ ...each, ...over })))).toHaveLength(3)
  })

  it('is named when it is missing', () => {
    expect(notShown([...shown.slice(0, 1), alert('b', 'firing')])).toEqual(['a drift of the model', 'a coming trouble'])
  })
})

describe('lines', () => {
  it('are read back, and others are none', () => {
    expect(parseDetection(JSON.stringify(alert('a', 'firing')))).toEqual(alert('a', 'firing'))
    expect(parseDetection('the detector has not caught up')).toBeUndefined()
  })

  it('are told to people', () => {
    const summary = 'rate of shop.orders{environment="demo",order.status="failed"}: highest value'
    const firing = { ...alert('a', 'firing'), annotations: { summary, first_mover: 'queue{environment="demo"}' } }
    expect(detectionLine(firing)).toBe(
      'detector: shop 00:00:00 critical OrdersFail: rate of shop.orders{order.status="failed"}: highest value [first: queue]',
    )
    const resolved = { ...alert('a', 'resolved'), endsAtMs: 1000, annotations: { summary, resolution: 'stale' } }
    expect(detectionLine(resolved)).toContain('00:00:01 resolved OrdersFail (stale)')
  })
})
