import { describe, expect, it } from '@jest/globals'
import { ComponentUnavailable } from '../errors.ts'
import { javaMajor, jvmFlags, requireJava } from './java.ts'
import { requirePrograms } from './requirements.ts'

const nothing = () => undefined
const only =
  (...programs: string[]) =>
  (program: string) =>
    programs.includes(program) ? `/bin/${program}` : undefined

describe('requirePrograms', () => {
  it('returns the paths in the order asked', () => {
    expect(requirePrograms('kafka', ['mvn', 'java'], only('java', 'mvn'))).toEqual(['/bin/mvn', '/bin/java'])
  })

  it('says in one sentence what to install and which variable to set', () => {
    const act = () => requirePrograms('elasticsearch', ['java', 'javac', 'mvn'], nothing)
    expect(act).toThrow(ComponentUnavailable)
    expect(act).toThrow(
      'Elasticsearch needs a JDK 17 or newer and Maven to run here: install what is missing, start Docker, or set PEGEL_ELASTICSEARCH_URL to one that runs already.',
    )
  })

  it('does not name what is there', () => {
    expect(() => requirePrograms('influxdb', ['go', 'cargo', 'rustc', 'cc'], only('go', 'cc'))).toThrow(
      /^InfluxDB needs Rust \(rustup\) to run here/,
    )
  })

  it('carries the component', () => {
    expect.assertions(1)
    try {
      requirePrograms('kafka', ['java'], nothing)
    } catch (error) {
      expect((error as ComponentUnavailable).component).toBe('kafka')
    }
  })
})

describe('java', () => {
  it('rejects with the same sentence when there is none', async () => {
    await expect(requireJava('kafka', nothing)).rejects.toThrow(/^Kafka needs a JDK 17 or newer .*PEGEL_KAFKA_BROKERS/)
  })

  it.each([
    ['openjdk version "17.0.15" 2025-04-15', 17],
    ['java version "1.8.0_372"', 8],
    ['openjdk version "25" 2025-09-16', 25],
    ['Unable to locate a Java Runtime.', undefined],
  ])('reads %s', (output, major) => {
    expect(javaMajor(output)).toBe(major)
  })

  it('never asks for a larger initial than maximum heap', () => {
    expect(jvmFlags(128, 'fast-start').slice(0, 2)).toEqual(['-Xms128m', '-Xmx128m'])
    expect(jvmFlags(512, 'throughput').slice(0, 2)).toEqual(['-Xms256m', '-Xmx512m'])
  })
})
