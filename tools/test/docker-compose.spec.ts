import { describe, expect, it } from '@jest/globals'
import { Ajv2020, type AnySchema } from 'ajv/dist/2020.js'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { parse } from 'yaml'

interface Compose {
  readonly services: Record<
    string,
    { image?: string; build?: unknown; volumes?: string[]; command?: string[]; depends_on?: unknown }
  >
  readonly volumes: Record<string, unknown>
}

const compose = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as Compose
const schema = JSON.parse(readFileSync('tools/test/schemas/compose-spec.json', 'utf8')) as AnySchema

function validate(value: unknown): string[] {
  const check = new Ajv2020({ allErrors: true, strict: false, validateFormats: false }).compile(schema)
  return check(value) ? [] : (check.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ''}`)
}

describe('docker-compose.yml', () => {
  it('is valid by the compose schema', () => {
    expect(validate(compose)).toEqual([])
  })

  it('would not pass with a mistake in it', () => {
    expect(validate({ ...compose, services: { ...compose.services, kafka: { imagee: 'x' } } })).not.toEqual([])
  })

  it('has every program of apps/, save the command line itself', () => {
    const apps = readdirSync('apps').filter((app) => app !== 'cli' && existsSync(`apps/${app}/src/main.ts`))
    expect(apps).not.toEqual([])
    expect(Object.keys(compose.services)).toEqual(expect.arrayContaining(apps))
  })

  it('mounts only files and folders that exist, and named volumes that it declares', () => {
    for (const [name, service] of Object.entries(compose.services)) {
      for (const volume of service.volumes ?? []) {
        const source = volume.split(':')[0] ?? ''
        if (source.startsWith('./'))
          expect([name, readdirSync('.').includes(source.split('/')[1] ?? '')]).toEqual([name, true])
        else expect(Object.keys(compose.volumes)).toContain(source)
      }
    }
  })
})
