import { describe, expect, it } from '@jest/globals'
import type { AvroJson } from './canonical-form.ts'
import { canonicalForm, schemaFingerprint } from './canonical-form.ts'

/** From the Avro project's published test vectors (share/test/data/schema-tests.txt): schema, canonical form, fingerprint as a signed long. */
const vectors: readonly [AvroJson, string, bigint | null][] = [
  ['null', '"null"', 7195948357588979594n],
  [{ type: 'null' }, '"null"', null],
  ['boolean', '"boolean"', -6970731678124411036n],
  ['int', '"int"', 8247732601305521295n],
  ['long', '"long"', -3434872931120570953n],
  ['float', '"float"', 5583340709985441680n],
  ['double', '"double"', -8181574048448539266n],
  ['bytes', '"bytes"', 5746618253357095269n],
  [{ type: 'string' }, '"string"', -8142146995180207161n],
  [[], '[]', -1241056759729112623n],
  [['int', { type: 'boolean' }], '["int","boolean"]', 5392556393470105090n],
  [{ fields: [], type: 'record', name: 'foo' }, '{"name":"foo","type":"record","fields":[]}', -4824392279771201922n],
  [
    { fields: [], type: 'record', name: 'foo', namespace: 'x.y' },
    '{"name":"x.y.foo","type":"record","fields":[]}',
    5916914534497305771n,
  ],
  [
    { fields: [], type: 'record', name: 'a.b.foo', namespace: 'x.y' },
    '{"name":"a.b.foo","type":"record","fields":[]}',
    -4616218487480524110n,
  ],
  [
    { fields: [], type: 'record', name: 'foo', doc: 'foo', aliases: ['foo', 'bar'] },
    '{"name":"foo","type":"record","fields":[]}',
    -4824392279771201922n,
  ],
  [
    {
      fields: [
        { type: 'boolean', aliases: [], name: 'f1', default: 'true' },
        { order: 'descending', name: 'f2', doc: 'Hello', type: 'int' },
      ],
      type: 'record',
      name: 'foo',
    },
    '{"name":"foo","type":"record","fields":[{"name":"f1","type":"boolean"},{"name":"f2","type":"int"}]}',
    -4860222112080293046n,
  ],
  [
    { namespace: 'x.y.z', type: 'enum', name: 'foo', doc: 'foo bar', symbols: ['A1', 'A2'] },
    '{"name":"x.y.z.foo","type":"enum","symbols":["A1","A2"]}',
    -4448647247586288245n,
  ],
  [
    { namespace: 'x.y.z', type: 'fixed', name: 'foo', doc: 'foo bar', size: 32 },
    '{"name":"x.y.z.foo","type":"fixed","size":32}',
    -3064184465700546786n,
  ],
  [{ items: { type: 'null' }, type: 'array' }, '{"type":"array","items":"null"}', -589620603366471059n],
  [{ values: 'string', type: 'map' }, '{"type":"map","values":"string"}', -8732877298790414990n],
  [
    { name: 'PigValue', type: 'record', fields: [{ name: 'value', type: ['null', 'int', 'long', 'PigValue'] }] },
    '{"name":"PigValue","type":"record","fields":[{"name":"value","type":["null","int","long","PigValue"]}]}',
    -1759257747318642341n,
  ],
]

describe('Parsing Canonical Form and CRC-64-AVRO', () => {
  it.each(vectors)('%j', (schema, canonical, fingerprint) => {
    expect(canonicalForm(schema)).toBe(canonical)
    if (fingerprint !== null) expect(BigInt.asIntN(64, BigInt(`0x${schemaFingerprint(schema)}`))).toBe(fingerprint)
  })

  it('qualifies references by the namespace of the record they stand in', () => {
    const inner = { type: 'record', name: 'b', fields: [] }
    const schema = {
      type: 'record',
      name: 'a',
      namespace: 'x.y',
      fields: [
        { name: 'one', type: inner },
        { name: 'two', type: { type: 'array', items: 'b' } },
        { name: 'three', type: 'other.c' },
      ],
    }
    expect(canonicalForm(schema)).toBe(
      '{"name":"x.y.a","type":"record","fields":[' +
        '{"name":"one","type":{"name":"x.y.b","type":"record","fields":[]}},' +
        '{"name":"two","type":{"type":"array","items":"x.y.b"}},{"name":"three","type":"other.c"}]}',
    )
  })

  it.each([[null], [5], [{ type: 'record', name: 'a', fields: 3 }], [{ type: 'record', name: 'a', fields: [3] }]])(
    'refuses %j',
    (schema) => {
      expect(() => canonicalForm(schema)).toThrow(TypeError)
    },
  )
})
