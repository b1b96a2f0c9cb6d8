import { generateKeyPairSync, verify } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { crc64, readSchema } from './avro.ts'
import { batchOf, seriesOf } from './batch.ts'
import { note } from './journal.ts'
import { Rivers } from './river.ts'
import { privateKeyOf, signatureOf } from './signature.ts'

const SCHEMA = join(import.meta.dirname, '../../../libs/contracts/schemas/metric-batch.v1.avsc')
const readings = (): ReturnType<Rivers['read']> => new Rivers(2, () => 0.5).read(1_000_000, 1_001_000, 250)

describe('crc64', () => {
  // Values of the Apache Avro project's own tests (schema-tests.txt).
  it.each([
    ['"null"', '63dd24e7cc258f8a'],
    ['"int"', '7275d51a3f395c8f'],
    ['"bytes"', '4fc016dac3201965'],
  ])('of %s is %s', (canonical, expected) => {
    expect(crc64(Buffer.from(canonical)).toString(16)).toBe(expected)
  })
})

describe('Rivers', () => {
  it('reads every step, and counts on from reading to reading', () => {
    const rivers = new Rivers(1, () => 0.5)
    const [first] = rivers.read(1000, 2000, 250)
    const [second] = rivers.read(2000, 3000, 250)
    expect(first?.levels.map(({ timeNs }) => timeNs)).toEqual([1000n, 1250n, 1500n, 1750n].map((ms) => ms * 1_000_000n))
    expect(second?.volumes[0]?.value).toBeGreaterThan(first?.volumes.at(-1)?.value ?? Infinity)
    expect([first, second].map((reading) => reading?.waves.value.count)).toEqual([4, 8])
    expect(second?.waves.value.counts.reduce((sum, count) => sum + count)).toBe(8)
  })
})

describe('a batch', () => {
  it('is a framed record of the published schema', () => {
    const record = readSchema(SCHEMA).encode(batchOf('direct', seriesOf(readings()), 0n))
    expect(record.subarray(0, 2).toString('hex')).toBe('c301')
    expect(record.includes('station-1')).toBe(true)
  })

  it('does not encode what the schema does not allow', () => {
    expect(() => readSchema(SCHEMA).encode({ tenant: 'direct' })).toThrow()
  })

  it('counts its points', () => {
    expect(batchOf('direct', seriesOf(readings()), 0n)).toMatchObject({
      points: 18n,
      received: 18n,
      minTimeMs: 1_000_000n,
      maxTimeMs: 1_000_750n,
    })
  })
})

describe('signatureOf', () => {
  const pair = generateKeyPairSync('ed25519')
  const raw = Buffer.from(pair.privateKey.export({ format: 'jwk' }).d ?? '', 'base64url').toString('base64')

  it('signs the key, then the value', () => {
    const signature = signatureOf(privateKeyOf(raw), Buffer.from('ab'), Buffer.from('cd'))
    expect(verify(null, Buffer.from('abcd'), pair.publicKey, Buffer.from(signature, 'base64'))).toBe(true)
  })

  it('wants the raw bytes of a private key', () => {
    expect(() => privateKeyOf('')).toThrow('DIRECT_PRIVATE_KEY')
  })
})

describe('note', () => {
  it('writes what is sent, and then what became of it', () => {
    const dir = mkdtempSync(join(tmpdir(), 'direct-'))
    const file = join(dir, 'journal.jsonl')
    const first = note(file, seriesOf(readings()).slice(0, 1))
    const second = note(file, seriesOf(readings()).slice(2, 3))
    second(new Error('no broker'))
    first(undefined)
    const lines = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    rmSync(dir, { recursive: true })
    const [one, two] = [lines[0]?.id, lines[1]?.id]
    expect(one).not.toBe(two)
    expect(lines).toMatchObject([
      { resource: { 'service.name': 'river-gauges' }, metrics: [{ name: 'river.level', points: { length: 4 } }] },
      { metrics: [{ kind: 'histogram' }] },
      { id: two, acknowledged: false, error: 'no broker' },
      { id: one, acknowledged: true },
    ])
  })
})
