import { describe, expect, it } from '@jest/globals'
import { discardMessage, methodPath, packageOf, rawDefinition } from './raw-service.ts'

const service = { name: 'a.b.v1.Things', door: 'things', methods: { Put: 'unary', Stream: 'bidi' } } as const

describe('a raw service', () => {
  it('is described by its paths and shapes', () => {
    expect(packageOf(service)).toBe('a.b.v1')
    expect(methodPath(service, 'Put')).toBe('/a.b.v1.Things/Put')
    expect(rawDefinition(service)).toMatchObject({
      Put: { path: '/a.b.v1.Things/Put', requestStream: false, responseStream: false },
      Stream: { path: '/a.b.v1.Things/Stream', requestStream: true, responseStream: true },
    })
  })

  it('leaves bytes as they are', () => {
    const { Put } = rawDefinition(service)
    const bytes = Buffer.from([0, 255, 7])
    for (const change of [
      Put?.requestDeserialize,
      Put?.responseSerialize,
      Put?.requestSerialize,
      Put?.responseDeserialize,
    ])
      expect(change?.(bytes)).toBe(bytes)
  })
})

describe('discardMessage', () => {
  // As StreamDecoder of grpc-js joins a frame.
  const framed = (bytes: number): Buffer => Buffer.concat([Buffer.alloc(5), Buffer.alloc(bytes, 7)]).subarray(5)

  it.each([
    ['that lies behind the head of its frame', framed(100_000)],
    ['that was unpacked into memory of its own', Buffer.alloc(100_000, 7)],
  ])('frees a message %s', (_what, message) => {
    discardMessage(message)
    expect([message.length, message.buffer.byteLength]).toEqual([0, 0])
  })

  it.each([
    ['a small one in a slab', framed(100)],
    ['an empty one', Buffer.alloc(0)],
    ['one of several in one piece of memory', Buffer.alloc(100_000, 7).subarray(5, 50_000)],
    ['one behind something else', Buffer.alloc(100_000, 7).subarray(6)],
  ])('leaves %s alone', (_what, message) => {
    const before = Buffer.from(message)
    discardMessage(message)
    expect(message.equals(before)).toBe(true)
  })
})
