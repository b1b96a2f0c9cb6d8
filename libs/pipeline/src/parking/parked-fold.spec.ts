import { describe, expect, it } from '@jest/globals'
import type { ParkedKind, ParkedRecord } from '@pegel/contracts'
import fc from 'fast-check'
import { ParkedFold } from './parked-fold.ts'
import type { ParkedLaneState } from './parked-fold.ts'

const TOPIC = 'pegel.metrics.v1'

function parked(kind: ParkedKind, over: Partial<ParkedRecord> = {}): ParkedRecord {
  return {
    ...{ sink: 'influxdb', tenant: 'acme', topic: TOPIC, partition: 0, offset: -1, timestampMs: 0 },
    ...{ key: null, value: Buffer.alloc(kind === 'record' ? 10 : 0), headers: [], reason: '', parkedAtMs: 0 },
    ...{ kind, owner: 'a', seq: 1, detail: '', points: 0, records: 0, sizeBytes: 0, upTo: -1 },
    ...over,
  }
}

const copy = (offset: number, over: Partial<ParkedRecord> = {}): ParkedRecord =>
  parked('record', { offset, points: 3, reason: 'breaker_open', ...over })

/** Folds a log from one of its offsets on. */
function folded(log: readonly ParkedRecord[], from = 0): ParkedFold {
  const fold = new ParkedFold()
  for (const [index, record] of log.slice(from).entries())
    fold.apply(record, { offset: from + index, timestampMs: 1000 + from + index })
  return fold
}

const FENCE = parked('fence')

describe('ParkedFold', () => {
  it('knows what is parked of each lane', () => {
    const { lanes, firstNeeded } = folded([FENCE, copy(7), copy(9), copy(8, { tenant: 'beta' })])
    expect(lanes).toMatchObject([
      { tenant: 'acme', records: 2, points: 6, sizeBytes: 20, firstOffset: 7, lastOffset: 9, anchor: 1, end: 3 },
      { tenant: 'beta', records: 1, reason: 'breaker_open', stop: null, sinceMs: 1003, oldestMs: 1003 },
    ])
    expect(firstNeeded).toBe(1)
  })

  it('counts a copy that was written twice once', () => {
    expect(folded([FENCE, copy(7), copy(9), copy(7), copy(9)]).lanes).toMatchObject([{ records: 2, end: 3 }])
  })

  it('leaves out what somebody writes who has lost the partition', () => {
    const fold = folded([FENCE, copy(7), parked('fence', { owner: 'b', seq: 2 }), copy(8)])
    expect(fold.lanes).toMatchObject([{ records: 1, lastOffset: 7 }])
    expect(fold.apply(copy(9, { owner: 'b', seq: 2 }), { offset: 4, timestampMs: 0 }).counts).toBe(true)
    expect(fold.apply(copy(10), { offset: 5, timestampMs: 0 }).counts).toBe(false)
  })

  it('lets the first of two equal claims hold', () => {
    const fold = folded([FENCE, parked('fence', { owner: 'b', seq: 2 }), parked('fence', { owner: 'c', seq: 2 })])
    expect([fold.fences.isHeldBy('b', 2), fold.fences.isHeldBy('c', 2)]).toEqual([true, false])
  })

  it('ends a lane when nothing is left of it, and not before', () => {
    const log = [FENCE, copy(7), copy(9)]
    const some = parked('drained', { offset: 7, records: 1, points: 3, sizeBytes: 10, upTo: 2, timestampMs: 1001 })
    expect(folded([...log, some]).lanes).toMatchObject([
      { records: 1, points: 3, sizeBytes: 10, doneOffset: 7, anchor: 1, oldestMs: 1001 },
    ])
    expect(folded([...log, some, parked('drained', { offset: 9, upTo: 3 })]).lanes).toEqual([])
  })

  it('ignores what was told of a lane and came late', () => {
    const early = parked('drained', { offset: 7, records: 2, points: 6, sizeBytes: 20, upTo: 2 })
    const late = parked('drained', { offset: 9, records: 1, points: 3, sizeBytes: 10, upTo: 3 })
    const log = [FENCE, copy(7), copy(9), copy(11), early, late]
    expect(folded([...log, early]).lanes).toMatchObject([{ records: 1, doneOffset: 9 }])
    // The answer to the last one was lost, and records were parked before it was written again.
    expect(folded([...log, copy(12), late]).lanes).toMatchObject([{ records: 2 }])
  })

  it('does not end a lane of which more was parked than was told of', () => {
    expect(folded([FENCE, copy(7), copy(9), parked('drained', { offset: 7, upTo: 2 })]).lanes).toHaveLength(1)
  })

  it('keeps a lane stopped until it is resumed', () => {
    const stop = parked('stop', { offset: 7, reason: 'dead_letter_rule', detail: 'too_old' })
    const log = [FENCE, stop, copy(7, { reason: 'dead_letter_rule', detail: 'too_old' })]
    expect(folded(log).lanes).toMatchObject([
      { reason: 'dead_letter_rule', stop: { detail: 'too_old', sinceMs: 1001 }, anchor: 1, firstOffset: 7 },
    ])
    const resume = parked('resume', { owner: '', seq: 0, detail: 'too_old,bad_label' })
    expect(folded([...log, resume]).lanes).toMatchObject([
      { reason: 'resumed', stop: null, accepts: ['too_old', 'bad_label'] },
    ])
    expect(folded([...log, resume, stop]).lanes).toMatchObject([{ stop: { detail: 'too_old' }, accepts: [] }])
  })

  it('tells from the copies alone that a lane was stopped, or resumed', () => {
    const stopped = copy(8, { reason: 'dead_letter_rule', detail: 'too_old' })
    expect(folded([stopped]).lanes).toMatchObject([{ stop: { detail: 'too_old' } }])
    expect(folded([copy(8, { reason: 'resumed', detail: 'too_old' })]).lanes).toMatchObject([
      { stop: null, accepts: ['too_old'] },
    ])
  })

  it('keeps a lane that is stopped though nothing is parked, and ends it when it is resumed and drained', () => {
    const stop = parked('stop', { offset: 7, reason: 'dead_letter_rule' })
    const drained = parked('drained', { offset: -1, upTo: 2 })
    expect(folded([FENCE, stop, drained]).lanes).toHaveLength(1)
    expect(folded([FENCE, stop, parked('resume'), drained]).lanes).toEqual([])
  })

  it('resumes nothing that is not parked, and takes no notice of kinds it does not know', () => {
    const unknown = { ...copy(7), kind: 'of a newer program' }
    expect(folded([FENCE, parked('resume'), unknown]).lanes).toEqual([])
  })

  it('says the same wherever reading begins, as long as it begins at what the reader before needed', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.nat(), (steps, cut) => {
        const log = written(steps)
        const known = log.slice(0, cut % (log.length + 1))
        const from = Math.min(folded(known).firstNeeded ?? Infinity, lastFence(known))
        expect(visible(folded(log, from))).toEqual(visible(folded(log)))
      }),
    )
  })
})

/** What an owner may do next, or an owner that was replaced still does. */
const step = fc.record({
  what: fc.constantFrom('copy', 'drain', 'fence', 'stale', 'resume', 'stop'),
  tenant: fc.constantFrom('acme', 'beta'),
  many: fc.integer({ min: 1, max: 3 }),
})

/** A log as owners write it, each knowing what is in it. */
function written(steps: readonly { what: string; tenant: string; many: number }[]): ParkedRecord[] {
  const log: ParkedRecord[] = [FENCE]
  const fold = folded(log)
  let seq = 1
  let source = 0
  const write = (record: ParkedRecord): void => {
    fold.apply(record, { offset: log.length, timestampMs: 1000 + log.length })
    log.push(record)
  }
  for (const { what, tenant, many } of steps) {
    const lane = fold.lane(tenant, TOPIC)
    const me = { owner: `o${seq}`, seq, tenant }
    const reason = lane?.reason ?? 'breaker_open'
    const detail = lane?.stop?.detail ?? lane?.accepts.join(',') ?? ''
    if (seq === 1) Object.assign(me, { owner: 'a' })
    if (what === 'copy') for (let n = 0; n < many; n += 1) write(copy((source += 1), { ...me, reason, detail }))
    if (what === 'stale' && seq > 1) write(copy((source += 1), { owner: `o${seq - 1}`, seq: seq - 1, tenant }))
    if (what === 'fence') write(parked('fence', { owner: `o${(seq += 1)}`, seq }))
    if (what === 'resume') write(parked('resume', { tenant, owner: '', seq: 0, detail: many > 1 ? 'too_old' : '' }))
    if (what === 'stop') write(parked('stop', { ...me, offset: source, reason: 'dead_letter_rule', detail: 'too_old' }))
    if (what === 'drain' && lane !== undefined) drain(log, lane, { me, many, write })
  }
  return log
}

function drain(
  log: readonly ParkedRecord[],
  lane: ParkedLaneState,
  { me, many, write }: { me: Partial<ParkedRecord>; many: number; write: (record: ParkedRecord) => void },
): void {
  const counting = log
    .map((record, offset) => ({ record, offset }))
    .filter(({ record, offset }) => offset >= lane.anchor && record.kind === 'record' && record.tenant === lane.tenant)
    .filter(({ record }) => record.offset > lane.doneOffset && record.offset <= lane.lastOffset && isValid(log, record))
  const done = counting[Math.min(many, counting.length) - 1]
  if (done === undefined) return
  const records = counting.length - Math.min(many, counting.length)
  const left = { records, points: records * 3, sizeBytes: records * 10 }
  write(parked('drained', { ...me, ...left, offset: done.record.offset, upTo: done.offset + 1, timestampMs: 1 }))
}

function isValid(log: readonly ParkedRecord[], record: ParkedRecord): boolean {
  const before = log.slice(0, log.indexOf(record)).filter(({ kind }) => kind === 'fence')
  return before.at(-1)?.owner === record.owner
}

const lastFence = (log: readonly ParkedRecord[]): number =>
  Math.max(
    0,
    log.findLastIndex(({ kind }) => kind === 'fence'),
  )

/** What a sink goes by. Since when a lane is parked, and what was done before, is known only to whoever read it all. */
function visible({ lanes }: ParkedFold): unknown {
  return lanes
    .map(({ tenant, records, points, sizeBytes, anchor, end, lastOffset, doneOffset, stop, accepts }) => ({
      ...{ tenant, records, points, sizeBytes, anchor, end, lastOffset, doneOffset },
      ...{ stopped: stop?.detail, accepts },
    }))
    .sort((a, b) => a.tenant.localeCompare(b.tenant))
}
