import { beforeEach, describe, expect, it } from '@jest/globals'
import type { MetricRecord, WriteResult } from '@pegel/pipeline'
import { createLogger } from '@pegel/telemetry'
import { batchOf, complex, deltaSum, exponentialPoint, gauge, tenantConfig } from '@pegel/testing'
import type { SeriesSpec } from '@pegel/testing'
import { describeRequest } from '../test/read-request.ts'
import { StateTopic } from '../test/state-topic.ts'
import type { ReceiverAnswer } from './classify.ts'
import type { PrometheusClient } from './prometheus.client.ts'
import { PrometheusSink } from './prometheus.sink.ts'
import type { Receiver } from './receiver.ts'
import { SinkState } from './sink-state.ts'

const PROMETHEUS: Receiver = { flavour: 'prometheus', version: '1.0', nativeHistograms: true, keepsRest: false }
const STORED: ReceiverAnswer = { status: 204, body: '', retryAfter: undefined }

let topic = new StateTopic()
let sent: string[] = []
let tenants: string[] = []
let versions: string[] = []
let answers: (ReceiverAnswer | Error)[] = []
let detected: Receiver[] = []

function sinkOf(maxSeries = 1_000): PrometheusSink {
  const client: PrometheusClient = {
    post: ({ tenant, version, message }) => {
      const answer = answers.shift() ?? STORED
      tenants.push(tenant)
      versions.push(version)
      sent.push(describeRequest(message, version))
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)
    },
    probe: () => ({ get: () => Promise.resolve(null), post: () => Promise.resolve(STORED) }),
    close: () => Promise.resolve(),
  }
  return new PrometheusSink({
    client,
    detect: (_signal, version) =>
      Promise.resolve(version === undefined ? (detected.shift() ?? PROMETHEUS) : { ...PROMETHEUS, version }),
    fallback: true,
    state: new SinkState(topic.asPort()),
    log: createLogger({ service: 'test', level: 'silent' }),
    exemplars: true,
    maxSeries,
    maxCacheBytes: 1_000_000,
  })
}

function recordOf(series: readonly SeriesSpec[], offset = 0): MetricRecord {
  const source = { topic: 'pegel.ingest.v1', partition: 1, offset, appendTimeMs: 0, part: 0, parts: 1 }
  return { ...batchOf('acme', series, { source }).record, position: { partition: 1, offset } }
}

const write = (sink: PrometheusSink, ...records: MetricRecord[]): Promise<WriteResult> =>
  sink.write({ tenant: 'acme', config: tenantConfig('acme'), records }, new AbortController().signal)
const jobs = (timeMs: number, value: number): SeriesSpec => deltaSum('jobs', [[timeMs, value]])

describe('PrometheusSink', () => {
  beforeEach(() => {
    topic = new StateTopic()
    sent = []
    tenants = []
    versions = []
    answers = []
    detected = []
  })

  it('writes the records of a batch in one request, under its tenant', async () => {
    const { outcomes } = await write(sinkOf(), recordOf([gauge('a', [[1, 2]])]), recordOf([gauge('a', [[2, 3]])], 1))
    expect(outcomes.map(({ delivered }) => delivered)).toEqual([1, 1])
    expect([tenants, sent]).toEqual([['acme'], ['a{tenant="acme"} 2 1\na{tenant="acme"} 3 2\n']])
  })

  it('answers for each record what became of its points', async () => {
    const first = recordOf([
      gauge('a', [
        [1, 2],
        [1, 9],
      ]),
    ])
    const second = recordOf([gauge('a', [[1, 2]]), gauge('a', [[1, 5]], { resource: { 'process.pid': '2' } })], 1)
    const { outcomes } = await write(sinkOf(), first, second)
    expect(outcomes).toMatchObject([
      { delivered: 1, collapsed: 1 },
      { alreadyPresent: 1, collided: 1 },
    ])
  })

  it('writes only what is selected', async () => {
    const record = {
      ...recordOf([
        gauge('a', [
          [1, 1],
          [2, 2],
          [3, 3],
        ]),
      ]),
      select: Uint32Array.of(0, 2),
    }
    const { outcomes } = await write(sinkOf(), record)
    expect(outcomes[0]?.delivered).toBe(2)
    expect(sent).toEqual(['a{tenant="acme"} 1 1\na{tenant="acme"} 3 3\n'])
  })

  it('wants everything again, no sooner than the receiver says', async () => {
    answers = [{ status: 429, body: '', retryAfter: '2' }]
    const result = await write(
      sinkOf(),
      recordOf([
        gauge('a', [
          [1, 1],
          [2, 2],
        ]),
      ]),
    )
    expect(result).toMatchObject({ afterMs: 2_000, outcomes: [{ delivered: 0, retry: [0, 1] }] })
  })

  it('names a refused point and why', async () => {
    answers = [{ status: 400, body: 'out of bounds', retryAfter: undefined }]
    const { outcomes } = await write(sinkOf(), recordOf([gauge('a', [[1, 1]])]))
    expect(outcomes[0]?.rejected).toEqual([{ point: 0, reason: 'too_old', message: 'out of bounds' }])
  })

  it('passes a lost connection on', async () => {
    answers = [new Error('reset')]
    await expect(write(sinkOf(), recordOf([gauge('a', [[1, 1]])]))).rejects.toThrow('reset')
  })

  it('learns from an answer that native histograms are not taken', async () => {
    answers = [{ status: 500, body: 'native histograms are disabled', retryAfter: undefined }]
    const sink = sinkOf()
    const first = await write(sink, recordOf([complex('e', [[1, exponentialPoint()]])]))
    const second = await write(sink, recordOf([complex('e', [[2, exponentialPoint()]])], 1))
    expect([first, second].map(({ outcomes }) => outcomes[0]?.unsupported)).toEqual([1, 1])
    expect(sent).toHaveLength(1)
  })

  describe('to a receiver of 2.0', () => {
    const NEWER: Receiver = { ...PROMETHEUS, version: '2.0' }
    const wrote = (samples: number, histograms = 0): ReceiverAnswer => ({ ...STORED, written: { samples, histograms } })

    it('writes 2.0, with names as they came from Prometheus', async () => {
      detected = [NEWER]
      answers = [wrote(1)]
      const series = gauge('http.größe', [[1, 2]], {
        scope: { name: 'prometheus', version: '' },
        attributes: { 'a.b': 'c' },
      })
      const { outcomes } = await write(sinkOf(), recordOf([series]))
      expect(outcomes[0]?.delivered).toBe(1)
      expect([versions, sent]).toEqual([['2.0'], ['http.größe{a.b="c",tenant="acme"} 2 1\n']])
    })

    it.each([
      ['415', { ...STORED, status: 415 }],
      ['a success without a word of what was written', STORED],
    ])('falls back to 1.0 after %s, and stays there', async (_what, answer) => {
      detected = [NEWER]
      answers = [answer]
      const sink = sinkOf()
      const series = gauge('größe', [[1, 2]], { scope: { name: 'prometheus', version: '' } })
      const first = await write(sink, recordOf([series]))
      const second = await write(sink, recordOf([gauge('a', [[2, 2]])], 1))
      expect([first, second].map(({ outcomes }) => outcomes[0]?.delivered)).toEqual([1, 1])
      expect(versions).toEqual(['2.0', '1.0', '1.0'])
      expect(sent.slice(1)).toEqual(['gr__e{tenant="acme"} 2 1\n', 'a{tenant="acme"} 2 2\n'])
    })

    it('adds increments once, though they are rendered twice', async () => {
      detected = [NEWER]
      answers = [{ ...STORED, status: 415 }]
      const sink = sinkOf()
      await write(sink, recordOf([jobs(1, 2)]))
      await write(sink, recordOf([jobs(2, 3)], 1))
      expect(sent.at(-1)).toContain(' 5 2')
    })

    it('finds out which points a success left unwritten', async () => {
      detected = [NEWER]
      answers = [wrote(1), wrote(1), wrote(0)]
      const { outcomes } = await write(sinkOf(), recordOf([gauge('a', [[1, 1]]), gauge('b', [[2, 2]])]))
      expect(outcomes[0]).toMatchObject({ delivered: 1, rejected: [{ point: 1, reason: 'not_written' }] })
    })

    it('learns from the headers that histograms are not taken', async () => {
      detected = [NEWER]
      answers = [wrote(0, 0), wrote(1)]
      const sink = sinkOf()
      const first = await write(sink, recordOf([complex('e', [[1, exponentialPoint()]])]))
      const second = await write(sink, recordOf([complex('e', [[2, exponentialPoint()]]), gauge('a', [[1, 1]])], 1))
      expect([first, second].map(({ outcomes }) => outcomes[0]?.unsupported)).toEqual([1, 1])
      expect(sent.at(-1)).toBe('a{tenant="acme"} 1 1\n')
    })
  })

  it('says that a receiver which takes no writes is down, and asks again what it is', async () => {
    const without = { ...PROMETHEUS, nativeHistograms: false }
    detected = [without, without]
    answers = [{ status: 404, body: 'not found', retryAfter: undefined }]
    const sink = sinkOf()
    const { signal } = new AbortController()
    await expect(sink.check(signal)).rejects.toThrow('status 404')
    await sink.check(signal)
    const exponential = recordOf([complex('e', [[1, exponentialPoint()]])])
    expect((await write(sink, exponential)).outcomes[0]?.unsupported).toBe(1)
    await sink.check(signal)
    expect((await write(sink, exponential)).outcomes[0]?.delivered).toBe(1)
    await sink.close()
  })
})

describe('PrometheusSink keeps totals', () => {
  beforeEach(() => {
    topic = new StateTopic()
    sent = []
    answers = []
  })

  const load = (sink: PrometheusSink): Promise<void> => sink.assigned([1], new AbortController().signal)

  it('in the partition of their input, before it answers', async () => {
    const { outcomes } = await write(sinkOf(), recordOf([jobs(1, 2), gauge('a', [[1, 1]])]))
    expect(outcomes[0]?.delivered).toBe(2)
    expect(topic.records).toMatchObject([{ topic: 'pegel.sink-state.v1', partition: 1 }])
    expect(String(topic.records[0]?.key)).toMatch(/^prometheus\/acme\/[0-9a-f]{16}$/)
  })

  it('and answers for nothing when they could not be stored', async () => {
    topic.failures = 1
    const sink = sinkOf()
    const record = recordOf([jobs(1, 2)])
    await expect(write(sink, record)).rejects.toThrow('no broker')
    await write(sink, record)
    expect(sent).toEqual(Array(2).fill('jobs{tenant="acme"} 2 1\n'))
  })

  it('over a restart: what was applied is there, what was not is added', async () => {
    await write(sinkOf(), recordOf([jobs(1, 2)], 0), recordOf([jobs(2, 3)], 1))
    const restarted = sinkOf()
    await load(restarted)
    const { outcomes } = await write(restarted, recordOf([jobs(2, 3)], 1), recordOf([jobs(3, 5)], 2))
    expect(outcomes).toMatchObject([{ alreadyPresent: 1 }, { delivered: 1 }])
    expect(sent.at(-1)).toBe('jobs{tenant="acme"} 10 3\n')
  })

  it('of its own partitions only', async () => {
    await write(sinkOf(), recordOf([jobs(1, 2)]))
    const other = sinkOf()
    await other.assigned([0], new AbortController().signal)
    await write(other, recordOf([jobs(1, 2)]))
    expect(sent).toEqual(Array(2).fill('jobs{tenant="acme"} 2 1\n'))
  })

  it('not before the points of a series are all written', async () => {
    answers = [{ status: 503, body: '', retryAfter: undefined }]
    const sink = sinkOf()
    const record = recordOf([jobs(1, 2)])
    const { outcomes } = await write(sink, record)
    expect([outcomes[0]?.retry, topic.records]).toEqual([[0], []])
    await write(sink, { ...record, select: Uint32Array.of(0) })
    expect(topic.records).toHaveLength(1)
    expect(sent[1]).toBe('jobs{tenant="acme"} 2 1\n')
  })

  it('and refuses an increment that comes too late for them', async () => {
    const sink = sinkOf()
    await write(sink, recordOf([jobs(5, 2)], 0))
    const { outcomes } = await write(sink, recordOf([jobs(4, 1)], 1))
    expect(outcomes[0]?.rejected).toMatchObject([{ point: 0, reason: 'delta_out_of_order' }])
  })

  it('within its bound, with a tombstone for each that goes', async () => {
    const sink = sinkOf(1)
    await write(sink, recordOf([jobs(1, 2)], 0))
    await write(sink, recordOf([deltaSum('others', [[1, 2]])], 1))
    expect(topic.records.map(({ value }) => value === null)).toEqual([false, true, false])
    const restarted = sinkOf(1)
    await load(restarted)
    await write(restarted, recordOf([jobs(2, 1)], 2))
    expect(sent.at(-1)).toBe('jobs{tenant="acme"} 1 2\n')
  })

  it('of exponential histograms, too, over a restart', async () => {
    const spec = (timeMs: number) => complex('e', [[timeMs, exponentialPoint()]], { temporality: 'delta' })
    await write(sinkOf(), recordOf([spec(1)]))
    const later = sinkOf()
    await later.assigned([1], new AbortController().signal)
    await write(later, recordOf([spec(2)], 1))
    expect(sent.map((text) => /"count_int":(\d+)/.exec(text)?.[1])).toEqual(['7', '14'])
  })
})
