import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { connectOptions } from '../../src/doors/mqtt/connect-options.ts'
import type { ConnectionSettings } from '../../src/doors/mqtt/connect-options.ts'
import { ACK, OrderedAcks } from '../../src/doors/mqtt/ordered-acks.ts'
import { formOf } from '../../src/doors/mqtt/payload.ts'
import { filterOf, tenantIn, topicTemplate } from '../../src/doors/mqtt/topic-template.ts'

describe('the topic template', () => {
  it('is subscribed to for all tenants, and names the one of a topic', () => {
    expect(filterOf('pegel/{tenant}/metrics', 'pegel')).toBe('$share/pegel/pegel/+/metrics')
    expect(filterOf('{tenant}', '')).toBe('+')
    expect(tenantIn('pegel/{tenant}/metrics', 'pegel/acme/metrics')).toBe('acme')
    expect(tenantIn('a/b/{tenant}', 'a/b/globex')).toBe('globex')
  })

  it.each([
    'pegel/metrics',
    'pegel/{tenant}/{tenant}',
    'pegel/x{tenant}/m',
    'pegel/+/{tenant}',
    '#/{tenant}',
    '{tenant}/{other}',
  ])('is not %s', (text) => {
    expect(topicTemplate().safeParse(text).success).toBe(false)
  })
})

describe('formOf', () => {
  it.each([
    ['{"name":"m"}', undefined, 'json'],
    ['  [1]', undefined, 'json'],
    ['{\n"name":"m"}', undefined, 'json'],
    ['{"a":1}\n{"a":2}', undefined, 'ndjson'],
    ['{"a":1}\n', undefined, 'json'],
    ['m f=1', undefined, 'lines'],
    ['', undefined, 'lines'],
    ['m f=1', 'application/json', 'json'],
    ['{"a":1}', 'Application/X-NDJSON; charset=utf-8', 'ndjson'],
    ['{,x f=1', 'text/plain', 'lines'],
    ['{"a":1}', 'application/octet-stream', 'json'],
  ])('of %j with type %s is %s', (payload, type, form) => {
    expect(formOf(Buffer.from(payload), type)).toBe(form)
  })
})

describe('OrderedAcks', () => {
  it('acknowledges each message once, in the order they came, whatever the order they end in', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(Array.from({ length: 20 }, (_, id) => id)), (ends) => {
        const sent: number[] = []
        const acks = new OrderedAcks((messageId, reason) => {
          expect(reason).toBe(ACK.success)
          sent.push(messageId)
        })
        const settle = Array.from({ length: 20 }, (_, id) => acks.add(id))
        for (const id of ends) settle[id]?.(ACK.success)
        const unfinished = settle.findIndex((_, id) => !ends.includes(id))
        expect(sent).toEqual(Array.from({ length: unfinished === -1 ? 20 : unfinished }, (_, id) => id))
      }),
    )
  })

  it('sends nothing of a connection that is gone', () => {
    const sent: number[] = []
    const acks = new OrderedAcks((...ack) => sent.push(...ack))
    const before = acks.add(1)
    acks.reset()
    const after = acks.add(1)
    before(ACK.success)
    expect(sent).toEqual([])
    after(ACK.quotaExceeded)
    expect(sent).toEqual([1, 0x97])
  })

  it('acknowledges nothing behind a message that was not taken', () => {
    const sent: number[] = []
    const acks = new OrderedAcks((messageId) => sent.push(messageId))
    const settle = [1, 2, 3].map((id) => acks.add(id))
    settle[2]?.(ACK.success)
    settle[1]?.(undefined)
    settle[0]?.(ACK.success)
    expect(sent).toEqual([1])
  })
})

describe('connectOptions', () => {
  const settings: ConnectionSettings = {
    url: 'mqtt://127.0.0.1',
    username: undefined,
    password: undefined,
    version: '5',
    clientId: undefined,
    sessionExpiryMs: 60_000,
    maxInFlight: 100_000,
  }

  it('has a session only under a name of its own', () => {
    const random = connectOptions(settings)
    expect(random).toMatchObject({ clean: true, properties: { sessionExpiryInterval: 0, receiveMaximum: 65_535 } })
    expect(random.clientId).not.toBe(connectOptions(settings).clientId)
    const named = connectOptions({ ...settings, clientId: 'gw-0', username: 'u', password: 'p' })
    expect(named).toMatchObject({ clientId: 'gw-0', clean: false, properties: { sessionExpiryInterval: 60 } })
    expect(named).toMatchObject({ username: 'u', password: 'p', protocolVersion: 5 })
  })

  it('speaks 3.1.1, which knows no properties', () => {
    const options = connectOptions({ ...settings, version: '3.1.1' })
    expect(options.protocolVersion).toBe(4)
    expect(options).not.toHaveProperty('properties')
  })
})
