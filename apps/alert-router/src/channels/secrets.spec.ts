import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSecrets, requireSecret } from './secrets.ts'

let dir: string

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'pegel-secrets-'))
  for (const tenant of ['a', 'a_b']) mkdirSync(join(dir, tenant))
  writeFileSync(join(dir, 'a', 'slack'), 'of a\n')
  writeFileSync(join(dir, 'a_b', 'slack'), 'of a_b\n')
})

afterAll(() => {
  rmSync(dir, { recursive: true })
})

const env = { PEGEL_SECRET_A_KEY: 'key of a', PEGEL_SECRET_A_B_KEY: 'key of a_b', PEGEL_LINK_SECRET: 'the operator’s' }
const secretsOf = (tenant: string) => createSecrets({ tenant, env, dir })

describe('secrets', () => {
  it('are each tenant’s own', () => {
    expect([secretsOf('a')('env:KEY'), secretsOf('a')('file:slack')]).toEqual(['key of a', 'of a'])
    expect([secretsOf('a_b')('env:KEY'), secretsOf('a_b')('file:slack')]).toEqual(['key of a_b', 'of a_b'])
  })

  it.each([
    'env:B_KEY',
    'env:LINK_SECRET',
    'file:../a_b/slack',
    'file:..',
    'file:none',
    'PEGEL_LINK_SECRET',
    'key of a',
  ])('are not to be had by %s', (ref) => {
    expect(secretsOf('a')(ref)).toBeUndefined()
  })

  it('are in files only where there is a folder for them', () => {
    expect(createSecrets({ tenant: 'a', env, dir: undefined })('file:slack')).toBeUndefined()
  })

  it('that are missing are named by their place', () => {
    const services = { tenant: 'a', secret: () => undefined }
    expect(() => requireSecret(services, 'env:HOOK')).toThrow('set PEGEL_SECRET_A_HOOK')
    expect(() => requireSecret(services, 'file:hook')).toThrow('the file a/hook below PEGEL_SECRETS_DIR')
  })
})
