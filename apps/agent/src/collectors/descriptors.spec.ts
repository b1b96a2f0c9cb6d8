import { describe, expect, it } from '@jest/globals'
import { recordedHost } from '../fixtures/recorded-host.ts'
import { createDescriptorCollector, descriptorObservations, parseFileNr } from './descriptors.ts'

describe('parseFileNr', () => {
  it('takes the free ones off the allocated ones', () => {
    expect(parseFileNr('1322\t22\t2466193\n')).toEqual({ open: 1300, limit: 2466193 })
  })

  it('knows the number that means no limit', () => {
    expect(parseFileNr('1322\t0\t9223372036854775807\n')).toEqual({ open: 1322, limit: undefined })
  })
})

describe('createDescriptorCollector', () => {
  it('counts the system and itself, without the descriptor that the counting took', async () => {
    const observations = await createDescriptorCollector(recordedHost()).collect()
    expect(observations.map(({ metric, value }) => [metric.name, value])).toEqual([
      ['process.unix.file_descriptor.count', 3],
      ['system.file_descriptor.count', 1322],
      ['system.file_descriptor.limit', 2466193],
    ])
  })

  it('leaves a limit out that is none', () => {
    expect(descriptorObservations({ open: 5, limit: undefined }, 1)).toHaveLength(2)
  })
})
