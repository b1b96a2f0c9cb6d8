import { describe, expect, it, jest } from '@jest/globals'
import { NO_TRACING } from '@pegel/telemetry'
import { fakeTracing } from '@pegel/testing'
import { traced } from './request-trace.ts'
import type { RequestHead } from './request-trace.ts'

const CLIENT = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), sampled: true }
const head = (traceparent?: string): RequestHead => ({
  name: 'POST /x',
  traceparent,
  tracestate: undefined,
  attributes: { 'pegel.door': 'x' },
})

describe('traced', () => {
  it('does not even look at the request while tracing is off', async () => {
    const look = jest.fn(() => head())
    expect(await traced(NO_TRACING, look, (span) => Promise.resolve(span))).toBeUndefined()
    expect(look).not.toHaveBeenCalled()
  })

  it.each([
    ['of the client', `00-${CLIENT.traceId}-${CLIENT.spanId}-01`, CLIENT],
    ['none, for one that is not valid', '00-zz', undefined],
    ['none, without one', undefined, undefined],
  ])('is below the span %s', async (_what, traceparent, parent) => {
    const tracing = fakeTracing()
    const current = await traced(
      tracing,
      () => head(traceparent),
      () => Promise.resolve(tracing.current()),
    )
    expect(current).toBe(tracing.started[0])
    expect(tracing.started).toMatchObject([{ name: 'POST /x', kind: 'server', parent, ended: true }])
  })

  it('fails with the work', async () => {
    const tracing = fakeTracing()
    const bug = new Error('bug')
    await expect(
      traced(
        tracing,
        () => head(),
        () => Promise.reject(bug),
      ),
    ).rejects.toBe(bug)
    expect(tracing.started).toMatchObject([{ failure: 'bug', ended: true }])
  })
})
