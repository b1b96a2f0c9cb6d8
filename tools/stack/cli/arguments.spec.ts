import { describe, expect, it } from '@jest/globals'
import { componentNames, defaultNames } from '../types.ts'
import { parseArguments, UsageError } from './arguments.ts'

describe('parseArguments', () => {
  it('means every component when none is named, but starts none that takes minutes to build', () => {
    expect(parseArguments(['up'])).toMatchObject({ command: 'up', names: [...defaultNames], brokers: undefined })
    expect(parseArguments(['down']).names).toEqual([...componentNames])
    expect(parseArguments(['up', 'prometheus3']).names).toEqual(['prometheus3'])
  })

  it('takes components and options in any order', () => {
    expect(parseArguments(['up', '--brokers', '3', 'kafka', '--dir', '/d'])).toEqual({
      command: 'up',
      names: ['kafka'],
      brokers: 3,
      dir: '/d',
    })
  })

  it.each([
    [[], 'Say what to do.'],
    [['start'], 'There is no command start.'],
    [['up', 'redis'], 'There is no component redis.'],
    [['up', '--brokers', '2'], '--brokers is 1 or 3.'],
    [['up', '--port', '1'], /--port/],
  ])('refuses %j', (args, message) => {
    expect(() => parseArguments(args)).toThrow(UsageError)
    expect(() => parseArguments(args)).toThrow(message)
  })
})
