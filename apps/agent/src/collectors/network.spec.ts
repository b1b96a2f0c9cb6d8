import { describe, expect, it } from '@jest/globals'
import { recordedHost } from '../fixtures/recorded-host.ts'
import { createNetworkCollector, parseNetDev } from './network.ts'

describe('parseNetDev', () => {
  it('reads both directions, also without a blank after the colon and with an alias', async () => {
    const interfaces = parseNetDev(await recordedHost().proc('net/dev'))
    expect(interfaces.map(({ name }) => name)).toEqual(['lo', 'eth0', 'eth0:1'])
    expect(interfaces[1]).toEqual({
      name: 'eth0',
      receive: { bytes: 929194256, packets: 44054, errors: 3, dropped: 4 },
      transmit: { bytes: 4394161, packets: 34437, errors: 1, dropped: 2 },
    })
  })

  it('passes over lines that are cut short', () => {
    expect(parseNetDev('eth0: 1 2 3\n')).toEqual([])
  })
})

describe('createNetworkCollector', () => {
  it('gives four counters per interface and direction', async () => {
    const observations = await createNetworkCollector(recordedHost()).collect()
    const sent = observations.filter(
      ({ attributes }) =>
        attributes['network.interface.name'] === 'eth0' && attributes['network.io.direction'] === 'transmit',
    )
    expect(sent.map(({ metric, value }) => [metric.name, value])).toEqual([
      ['system.network.io', 4394161],
      ['system.network.packet.count', 34437],
      ['system.network.errors', 1],
      ['system.network.packet.dropped', 2],
    ])
  })
})
