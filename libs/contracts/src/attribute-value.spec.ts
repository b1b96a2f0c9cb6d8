import { describe, expect, it } from '@jest/globals'
import type { AttributeValue } from './attribute-value.ts'
import { attributeValueToString } from './attribute-value.ts'

const cases: readonly [AttributeValue, string][] = [
  ['hello "world"', 'hello "world"'],
  ['', ''],
  [true, 'true'],
  [false, 'false'],
  [42, '42'],
  [-123n, '-123'],
  [9_223_372_036_854_775_807n, '9223372036854775807'],
  [3.14159, '3.14159'],
  [1e300, '1e+300'],
  [NaN, 'NaN'],
  [Infinity, 'Infinity'],
  [-Infinity, '-Infinity'],
  [Buffer.from('hello world'), 'aGVsbG8gd29ybGQ='],
  [null, ''],
  [undefined, ''],
  [[], '[]'],
  [
    [1, -Infinity, NaN, 'a"', true, 5n, null, undefined, Buffer.from('hello world'), [2]],
    '[1,"-Infinity","NaN","a\\"",true,5,null,null,"aGVsbG8gd29ybGQ=",[2]]',
  ],
  [new Map(), '{}'],
  [
    new Map<string, AttributeValue>([
      ['c', [3, null]],
      ['a', -Infinity],
      ['b', new Map([['nested', 'x']])],
    ]),
    '{"a":"-Infinity","b":{"nested":"x"},"c":[3,null]}',
  ],
]

describe('attributeValueToString', () => {
  it.each(cases)('renders %p', (value, text) => {
    expect(attributeValueToString(value)).toBe(text)
  })
})
