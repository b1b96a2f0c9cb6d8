import { describe, expect, it } from '@jest/globals'
import type { ThresholdAlert, ThresholdAlertOptions } from './threshold-alert.ts'
import { NO_ALERT, nextThresholdAlert } from './threshold-alert.ts'

const HOUR_MS = 3_600_000

function events(hours: readonly number[], options?: ThresholdAlertOptions): string[] {
  let alert: ThresholdAlert = NO_ALERT
  return hours.map((each) => {
    const ms = each * HOUR_MS
    alert = nextThresholdAlert(alert, each < 0 ? undefined : { ms, earliestMs: ms, latestMs: ms }, options)
    return alert.event
  })
}

describe('an alert on the time to a threshold', () => {
  it('opens once, when two checks in a row agree', () => {
    expect(events([40, 25, 30, 25, 24, 23, 0])).toEqual(['none', 'none', 'none', 'none', 'opened', 'none', 'none'])
  })

  it('resolves once, when three checks in a row are further than half more', () => {
    expect(events([25, 25, 38, 40, 38, 40, 40, -1, -1])).toEqual([
      ...['none', 'opened', 'none', 'none', 'none', 'none', 'none', 'resolved', 'none'],
    ])
  })

  it('follows its options', () => {
    const options = { withinMs: HOUR_MS, clearMs: 2 * HOUR_MS, openAfter: 1, clearAfter: 1 }
    expect(events([1.5, 1, 1.5, 2.5], options)).toEqual(['none', 'opened', 'none', 'resolved'])
  })
})
