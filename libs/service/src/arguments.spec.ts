import { describe, expect, it } from '@jest/globals'
import { integer, secret } from '@pegel/config'
import { z } from 'zod'
import { readRequest } from './arguments.ts'

const manifest = {
  name: 'demo',
  description: 'Shows.',
  topics: { in: [], out: [] },
  config: z.object({ DEMO_KEY: secret().describe('Key.'), DEMO_SIZE: integer().default(3).describe('Size.') }),
  metrics: [],
}
const env = { DEMO_KEY: 'swordfish', PEGEL_PARTITIONS: '12' }

describe('readRequest', () => {
  it('gives the own and the shared settings', () => {
    const request = readRequest(manifest, [], env)
    expect(request).toMatchObject({
      kind: 'run',
      config: { DEMO_KEY: 'swordfish', DEMO_SIZE: 3, PEGEL_PARTITIONS: 12, MONITORING_RETENTION_DAYS: 30 },
    })
  })

  it('refuses with all problems, own and shared', () => {
    const request = readRequest(manifest, [], { DEMO_SIZE: 'x', PEGEL_ADMIN_PORT: '-1' })
    expect(request).toMatchObject({ kind: 'refuse', text: expect.stringContaining('3 problems') })
    if (request.kind === 'refuse') expect(request.text).toContain('DEMO_KEY is not set. Key.')
  })

  it('refuses even to print a wrong configuration', () => {
    expect(readRequest(manifest, ['--print-config'], {}).kind).toBe('refuse')
    expect(readRequest(manifest, ['--validate'], {})).toMatchObject({
      text: expect.stringMatching(/1 problem /),
    })
  })

  it.each([
    ['--print-config', 'DEMO_KEY=<redacted>\nDEMO_SIZE=3\n'],
    ['--validate', 'demo: the configuration is valid\n'],
    ['--help', 'DEMO_KEY (required)\n      Key.'],
  ])('prints for %s', (argument, text) => {
    const request = readRequest(manifest, [argument], env)
    expect(request).toMatchObject({ kind: 'print', text: expect.stringContaining(text) })
    expect(JSON.stringify(request)).not.toContain('swordfish')
  })

  it('refuses an argument it does not know', () => {
    expect(readRequest(manifest, ['--prnt'], env)).toMatchObject({
      kind: 'refuse',
      text: expect.stringContaining('--prnt'),
    })
  })
})
