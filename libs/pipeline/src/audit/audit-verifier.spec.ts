import { describe, expect, it } from '@jest/globals'
import type { AuditRecord } from '@pegel/contracts'
import { HASH_BYTES, NO_HASH, sealAuditEvent } from './audit-seal.ts'
import { AuditVerifier } from './audit-verifier.ts'

const schemas = { byFingerprint: () => undefined }

function sealed(over: Partial<AuditRecord> = {}): Buffer {
  return sealAuditEvent({
    writer: 'w',
    sequence: 0,
    previousHash: NO_HASH,
    atMs: 1,
    service: 'pegel',
    actor: 'ada',
    origin: 'host',
    action: 'tenants.update',
    tenant: 'acme',
    target: '',
    parameters: [],
    outcome: 'succeeded',
    message: '',
    ...over,
  })
}

const hashOf = (value: Buffer): Buffer => value.subarray(value.length - HASH_BYTES)

/** Events of one writer, each after the other. */
function chain(writer: string, length: number, previousHash: Uint8Array = NO_HASH): Buffer[] {
  const events: Buffer[] = []
  for (let sequence = 0; sequence < length; sequence++) {
    const before = events.at(-1)
    events.push(sealed({ writer, sequence, previousHash: before === undefined ? previousHash : hashOf(before) }))
  }
  return events
}

interface Placed {
  readonly earliest?: number
  readonly offsets?: readonly number[]
}

function verify(values: readonly (Buffer | null)[], { earliest = 0, offsets }: Placed = {}) {
  const verifier = new AuditVerifier({ earliest, schemas })
  for (const [index, value] of values.entries()) verifier.add({ offset: offsets?.[index] ?? earliest + index, value })
  return verifier.verdict()
}

const kinds = (...args: Parameters<typeof verify>): string[] =>
  verify(...args).problems.map(({ kind, offset }) => `${kind}@${offset}`)

describe('AuditVerifier', () => {
  const a = chain('a', 3)
  const b = chain('b', 2, hashOf(a[1] ?? Buffer.alloc(0)))
  const at = (from: readonly Buffer[], index: number): Buffer => from[index] ?? Buffer.alloc(0)

  it('is content with chains that are whole, however they mix, and with what was sent twice', () => {
    const mixed = [at(a, 0), at(a, 1), at(b, 0), at(a, 2), at(a, 2), at(b, 1), at(a, 0)]
    expect(verify(mixed)).toEqual({ events: 7, chains: 2, begunBefore: 0, problems: [] })
  })

  it('sees a byte that was changed, wherever it is', () => {
    for (let index = 10; index < at(a, 1).length; index++) {
      const changed = Buffer.from(at(a, 1))
      changed[index] = (changed[index] ?? 0) ^ 1
      expect(kinds([at(a, 0), changed, at(a, 2)])).not.toEqual([])
    }
  })

  it('sees an event that was written anew with its hash', () => {
    const forged = sealed({ writer: 'a', sequence: 1, previousHash: hashOf(at(a, 0)), actor: 'eve' })
    expect(kinds([at(a, 0), forged, at(a, 2)])).toEqual(['altered@2'])
    expect(kinds([at(a, 0), at(a, 1), forged, at(a, 2)])).toEqual(['forked@2'])
  })

  it('sees what was removed from within a chain, or before its first event', () => {
    expect(kinds([at(a, 0), at(a, 2)])).toEqual(['missing@1'])
    expect(verify([at(a, 2)]).problems).toEqual([{ kind: 'missing', offset: 0, writer: 'a', detail: 'events 0 to 1' }])
  })

  it('sees that the event at which another chain began was removed', () => {
    expect(kinds([at(a, 0), at(b, 0), at(b, 1)])).toEqual(['missing@1'])
  })

  it('accepts that retention has removed the beginning, and says so', () => {
    expect(verify([at(a, 2), at(b, 0), at(b, 1)], { earliest: 7 })).toMatchObject({ begunBefore: 2, problems: [] })
    expect(kinds([at(a, 0), at(a, 2)], { earliest: 7 })).toEqual(['missing@8'])
  })

  it('sees offsets without a record, and what is no event', () => {
    expect(kinds(a, { offsets: [0, 3, 4] })).toEqual(['records_gone@3'])
    expect(kinds([at(a, 0), null, Buffer.from('no event'), at(a, 1)])).toEqual(['unreadable@1', 'unreadable@2'])
  })
})
