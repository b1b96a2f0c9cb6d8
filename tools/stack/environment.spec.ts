import { describe, expect, it } from '@jest/globals'
import { fromEnvironment, variables } from './environment.ts'
import { ComponentUnavailable } from './errors.ts'
import { componentNames } from './types.ts'

describe('fromEnvironment', () => {
  it.each(componentNames)('is undefined for %s without its variable, and for an empty one', (name) => {
    expect(fromEnvironment(name, {})).toBeUndefined()
    expect(fromEnvironment(name, { [variables[name].address]: ' ' })).toBeUndefined()
  })

  it('returns the address under its own name, without a trailing slash', () => {
    expect(fromEnvironment('prometheus', { PEGEL_PROMETHEUS_URL: 'http://p:9090/' })).toEqual({
      PEGEL_PROMETHEUS_URL: 'http://p:9090',
    })
    expect(fromEnvironment('kafka', { PEGEL_KAFKA_BROKERS: 'a:1,b:2' })).toEqual({ PEGEL_KAFKA_BROKERS: 'a:1,b:2' })
  })

  it('takes the token and organisation of InfluxDB along', () => {
    const env = { PEGEL_INFLUXDB_URL: 'http://i:8086', PEGEL_INFLUXDB_TOKEN: 't', PEGEL_INFLUXDB_ORG: 'o' }
    expect(fromEnvironment('influxdb', env)).toEqual(env)
    expect(fromEnvironment('influxdb', { ...env, PEGEL_INFLUXDB_ORG: undefined })).toEqual({
      ...env,
      PEGEL_INFLUXDB_ORG: 'pegel',
    })
  })

  it('names the missing token of InfluxDB', () => {
    const read = () => fromEnvironment('influxdb', { PEGEL_INFLUXDB_URL: 'http://i:8086' })
    expect(read).toThrow(ComponentUnavailable)
    expect(read).toThrow(/PEGEL_INFLUXDB_TOKEN/)
  })
})
