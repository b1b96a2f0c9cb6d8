import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { parseTenantYaml } from '@pegel/tenancy'
import { writeTenants } from './tenants.ts'

const hashOf = (key: string): string => createHash('sha256').update(key).digest('hex')
let dir: string

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'pegel-tenants-'))
})

afterEach(() => {
  rmSync(dir, { recursive: true })
})

describe('writeTenants', () => {
  it('gives every example a fresh key that fits its file, and leaves a valid file', () => {
    const { tenants, keys, directKeys, alertmanagerKey } = writeTenants(dir)
    expect(tenants.map(({ tenant }) => tenant)).toEqual(['agent', 'direct', 'shop'])
    expect([...keys.keys()]).toEqual(['agent', 'shop'])
    expect([...directKeys.keys()]).toEqual(['direct'])
    for (const name of readdirSync(dir)) {
      const text = readFileSync(join(dir, name), 'utf8')
      expect(parseTenantYaml(text, name)).toMatchObject({ ok: true })
      expect(text).toContain(hashOf(alertmanagerKey))
    }
    expect(readFileSync(join(dir, 'shop.yaml'), 'utf8')).toContain(hashOf(keys.get('shop') ?? ''))
  })

  it('makes the shop’s waits short, and each in its place', () => {
    writeTenants(dir)
    const parsed = parseTenantYaml(readFileSync(join(dir, 'shop.yaml'), 'utf8'), 'shop.yaml')
    expect(parsed).toMatchObject({
      config: {
        alerting: {
          route: { routes: [{ groupWaitMs: 8000, groupIntervalMs: 3000 }] },
          escalations: [{ steps: [{ waitMs: 4000 }, { waitMs: 8000 }] }],
        },
      },
    })
  })

  it('makes other keys each time', () => {
    expect(writeTenants(dir).keys.get('shop')).not.toBe(writeTenants(dir).keys.get('shop'))
  })

  it('tells what the verification must know', () => {
    const from = mkdtempSync(join(tmpdir(), 'pegel-examples-'))
    writeFileSync(join(from, 'a.yaml'), 'tenant: a\nrules: [{ action: labeldrop, regex: x }, { id: two }]\n')
    writeFileSync(join(from, 'notes.md'), 'no tenant')
    const { tenants } = writeTenants(dir, from)
    rmSync(from, { recursive: true })
    expect(tenants).toEqual([{ tenant: 'a', staticLabels: {}, placement: 'shared', rules: ['rule_0', 'two'] }])
  })
})
