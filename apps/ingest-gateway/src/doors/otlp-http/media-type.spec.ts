import { describe, expect, it } from '@jest/globals'
import { encodingOf } from './media-type.ts'

describe('encodingOf', () => {
  it.each([
    ['application/x-protobuf', 'protobuf'],
    ['application/protobuf', 'protobuf'],
    ['Application/JSON; charset=utf-8', 'json'],
    ['application/jsonp', undefined],
    ['text/plain', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('of %s is %s', (type, encoding) => {
    expect(encodingOf(type)).toBe(encoding)
  })
})
