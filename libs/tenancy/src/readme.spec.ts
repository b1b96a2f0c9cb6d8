import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { DEFAULT_LIMITS } from './limits.ts'
import { parseTenantYaml } from './tenant-yaml.ts'

describe('the file in the README', () => {
  it('is valid and shows the defaults', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
    const [, yaml = ''] = /```yaml\n(.*?)```/s.exec(readme) ?? []
    expect(parseTenantYaml(yaml, 'README.md')).toMatchObject({
      ok: true,
      config: { tenant: 'acme', limits: DEFAULT_LIMITS, placement: 'shared' },
    })
  })
})
