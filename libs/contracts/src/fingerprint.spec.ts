import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { encodeGroupBlock, encodeSeriesBlock, parseGroupBlock, parseSeriesBlock } from './blocks.ts'
import { fingerprintHex, fingerprintKey, fingerprintOf, identityBytes, xxh64 } from './fingerprint.ts'
import type { Attribute, GroupIdentity, SeriesIdentity } from './metric-batch.ts'

const group: GroupIdentity = {
  resource: [
    { key: 'service.name', value: 'shop' },
    { key: 'host.name', value: 'a' },
  ],
  scope: { name: 'http', version: '1.0', attributes: [] },
}
const series: SeriesIdentity = {
  name: 'http.server.requests',
  kind: 'sum',
  temporality: 'cumulative',
  monotonic: true,
  unit: '{request}',
  attributes: [{ key: 'code', value: '200' }],
}
const hex = (g: GroupIdentity, s: SeriesIdentity): string => fingerprintHex(fingerprintOf(g, s))

describe('fingerprint version 1', () => {
  it('is XXH64 with seed 0', () => {
    expect(fingerprintHex(xxh64(Buffer.alloc(0)))).toBe('ef46db3751d8e999')
    expect(fingerprintHex(xxh64(Buffer.from('a')))).toBe('d24ec4f1a98c6e5b')
    expect(fingerprintHex(xxh64(Buffer.from('abc')))).toBe('44bc2cf5ad770999')
  })

  it('is frozen: topics and backends hold it', () => {
    const length = (size: number): Buffer => Buffer.of(size, 0, 0, 0)
    const string = (text: string): Buffer => Buffer.concat([length(text.length), Buffer.from(text)])
    const expected = Buffer.concat([
      string('http.server.requests'),
      Buffer.of(1, 2, 1),
      string('{request}'),
      ...[length(2), string('host.name'), string('a'), string('service.name'), string('shop')],
      ...[string('http'), string('1.0')],
      ...[length(1), string('code'), string('200')],
    ])
    expect(identityBytes(group, series)).toEqual(expected)
    expect(hex(group, series)).toBe('85034905a6352a65')
  })

  it('counts scope attributes only when there are any, after everything else', () => {
    const attributes = [{ key: 'k', value: 'v' }]
    const bytes = identityBytes({ ...group, scope: { ...group.scope, attributes } }, series)
    const plain = identityBytes(group, series)
    expect(bytes.subarray(0, plain.length)).toEqual(plain)
    expect(bytes.subarray(plain.length)).toEqual(Buffer.of(1, 0, 0, 0, 1, 0, 0, 0, 0x6b, 1, 0, 0, 0, 0x76))
  })

  it('differs for every part of the identity', () => {
    const { scope } = group
    const others: [GroupIdentity, SeriesIdentity][] = [
      [group, { ...series, name: 'x' }],
      [group, { ...series, kind: 'gauge' }],
      [group, { ...series, temporality: 'delta' }],
      [group, { ...series, monotonic: false }],
      [group, { ...series, unit: '' }],
      [group, { ...series, attributes: [] }],
      [group, { ...series, attributes: [...series.attributes, { key: '', value: '' }] }],
      [
        { ...group, resource: [] },
        { ...series, attributes: [...group.resource, ...series.attributes] },
      ],
      [{ ...group, scope: { ...scope, name: 'http1', version: '.0' } }, series],
      [
        { ...group, scope: { ...scope, attributes: series.attributes } },
        { ...series, attributes: [] },
      ],
    ]
    expect(new Set([hex(group, series), ...others.map(([g, s]) => hex(g, s))]).size).toBe(others.length + 1)
  })

  it('makes a key that a number holds exactly', () => {
    expect(fingerprintKey(0xffffffff, 0xffffffff)).toBe(Number.MAX_SAFE_INTEGER)
    expect(fingerprintKey(1, 0)).toBe(2 ** 32)
    expect(fingerprintHex({ hi: 1, lo: 2 })).toBe('0000000100000002')
  })
})

const attribute: fc.Arbitrary<Attribute> = fc.record({
  key: fc.oneof(fc.string({ maxLength: 8, unit: 'binary' }), fc.constantFrom('\u{1f600}', '\uffee', 'a')),
  value: fc.string({ maxLength: 8, unit: 'binary' }),
})
const list = fc.uniqueArray(attribute, { maxLength: 6, selector: ({ key }) => key })

describe('blocks', () => {
  it('and fingerprints are the same for every order of attributes, and parse back sorted by key bytes', () => {
    const shuffled = list.chain((attributes) =>
      fc.tuple(fc.constant(attributes), fc.shuffledSubarray(attributes, { minLength: attributes.length })),
    )
    fc.assert(
      fc.property(shuffled, shuffled, shuffled, (resource, scoped, own) => {
        const make = (index: 0 | 1): [GroupIdentity, SeriesIdentity] => [
          { resource: resource[index], scope: { name: 'é', version: '', attributes: scoped[index] } },
          { ...series, attributes: own[index] },
        ]
        const [[groupA, seriesA], [groupB, seriesB]] = [make(0), make(1)]
        expect(encodeGroupBlock(groupA)).toEqual(encodeGroupBlock(groupB))
        expect(encodeSeriesBlock(seriesA)).toEqual(encodeSeriesBlock(seriesB))
        expect(fingerprintOf(groupA, seriesA)).toEqual(fingerprintOf(groupB, seriesB))
        const sorted = [...own[0]].sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)))
        expect(parseSeriesBlock(encodeSeriesBlock(seriesA))).toEqual({ ...seriesA, attributes: sorted })
        const parsed = parseGroupBlock(encodeGroupBlock(groupA))
        expect(parsed.scope).toEqual({ name: 'é', version: '', attributes: expect.any(Array) })
        expect(new Set(parsed.resource)).toEqual(new Set(groupA.resource))
        expect(encodeGroupBlock(parsed)).toEqual(encodeGroupBlock(groupA))
      }),
    )
  })
})
