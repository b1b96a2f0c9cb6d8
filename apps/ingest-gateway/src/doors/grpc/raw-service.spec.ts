import { describe, expect, it } from '@jest/globals'
import { methodPath, packageOf, rawDefinition } from './raw-service.ts'

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
