import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { ByteReader } from '../src/avro/byte-reader.ts'
import type { AvroJson } from '../src/avro/canonical-form.ts'
import { compileCheck } from '../src/avro/check-bytes.ts'
import { FRAME_BYTES } from '../src/avro/framing.ts'
import { typeOf } from '../src/avro/types.ts'
import { ContractError } from '../src/errors.ts'
import type { MetricBatch } from '../src/generated/metric-batch.generated.ts'
import { readBatch, readEnvelope } from '../src/read-batch.ts'
import { SCHEMAS } from '../src/schemas.ts'
import { BATCH_HEADER, sealBatch } from '../src/seal-batch.ts'
import { arbitraryBatch } from './arbitrary-batch.ts'
import { avroBytes, envelopeOf, fromAvro } from './avro-model.ts'
import type { ModelBatch, ModelGroup } from './batch-model.ts'
import { groupsOf, writeModel } from './batch-model.ts'
import { damage, damaged } from './damage.ts'
import { expectSame } from './expect-same.ts'
import { lonePoints } from './lone-points.ts'

const check = compileCheck(JSON.parse(SCHEMAS.MetricBatch.json) as AvroJson)
const seal = (batch: ModelBatch, chunked: boolean): Buffer => sealBatch(batch.head, writeModel(batch, chunked))

/** What avsc makes of framed bytes, or null when they are no MetricBatch; checked before, since avsc trusts an array's count. */
function readByAvsc(value: Buffer): ModelGroup[] | null {
  const body = value.subarray(FRAME_BYTES)
  try {
    const reader = new ByteReader(body, { record: 'MetricBatch' })
    check(reader)
    reader.atEnd()
    return fromAvro(typeOf('MetricBatch').fromBuffer(body) as MetricBatch)
  } catch {
    return null
  }
}

describe('MetricBatch', () => {
  it('from the writer is read by avsc and by the reader as what was written', () => {
    fc.assert(
      fc.property(arbitraryBatch, fc.boolean(), (batch, chunked) => {
        const value = seal(batch, chunked)
        expectSame(readByAvsc(value), batch.groups)
        expectSame(groupsOf(readBatch(value)), batch.groups)
        expect(readEnvelope(value)).toEqual(envelopeOf(batch))
      }),
      { numRuns: 40 },
    )
  })

  it('from avsc is read by the reader as what was written', () => {
    fc.assert(
      fc.property(arbitraryBatch, (batch) => {
        const value = avroBytes(batch)
        expectSame(groupsOf(readBatch(value)), batch.groups)
        expect(readBatch(value).envelope).toEqual(envelopeOf(batch))
        expect(readEnvelope(value)).toEqual(envelopeOf(batch))
      }),
      { numRuns: 40 },
    )
  })

  it('that is damaged is read as avsc reads it, or refused with a code', () => {
    let same = 0
    let refused = 0
    fc.assert(
      fc.property(arbitraryBatch, fc.boolean(), damage, (batch, byAvsc, changes) => {
        const value = damaged(byAvsc ? avroBytes(batch) : seal(batch, false), changes)
        const groups = readOrRefused(value)
        if (groups === null) refused++
        else {
          expectSame(groups, readByAvsc(value))
          same++
        }
      }),
      { numRuns: 250 },
    )
    expect(Math.min(same, refused)).toBeGreaterThan(30)
  })

  it('is read as avsc reads it, or refused, whichever byte of it is another, where each run has one number', () => {
    const value = lonePoints()
    let same = 0
    for (let at = FRAME_BYTES; at < value.length; at += 1) {
      for (const byte of [0, 1, 2, 4, 0x80, 0xff]) {
        const changed = Buffer.from(value)
        changed[at] = byte
        const groups = readOrRefused(changed)
        if (groups === null) continue
        expectSame(groups, readByAvsc(changed))
        same += 1
      }
    }
    expect(same).toBeGreaterThan(100)
  })

  it('of random bytes is refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const value = Buffer.concat([BATCH_HEADER, bytes])
        expect(() => groupsOf(readBatch(value))).toThrow(ContractError)
      }),
      { numRuns: 100 },
    )
  })

  it('that is cut short anywhere is refused', () => {
    const [batch] = fc.sample(
      arbitraryBatch.filter(({ groups }) => groups.length === 2),
      { numRuns: 1, seed: 7 },
    )
    if (batch === undefined) throw new Error('no sample')
    const value = seal(batch, false)
    for (let length = 0; length < value.length; length++) {
      if (!isRefused(value.subarray(0, length))) throw new Error(`${length} of ${value.length} bytes were read`)
    }
    expect(() => readBatch(Buffer.concat([value, Buffer.of(0)]))).toThrow('1 bytes too many')
  })
})

/** Null for what is refused, with a code that says so. */
function readOrRefused(value: Buffer): ModelGroup[] | null {
  try {
    return groupsOf(readBatch(value))
  } catch (error) {
    expect(error).toBeInstanceOf(ContractError)
    expect(['contracts.decode_failed', 'contracts.sealed_body']).toContain((error as ContractError).code)
    return null
  }
}

function isRefused(value: Buffer): boolean {
  try {
    readBatch(value)
    return false
  } catch (error) {
    return error instanceof ContractError && error.code === 'contracts.decode_failed'
  }
}
