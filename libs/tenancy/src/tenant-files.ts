import type { Problem } from './problem.ts'
import type { TenantConfig } from './tenant-config.ts'
import { parseTenantYaml } from './tenant-yaml.ts'

export interface TenantSource {
  /** As it is to appear in problems. */
  readonly file: string
  readonly text: string
}

export interface CheckedTenantFile extends TenantSource {
  readonly config: TenantConfig
}

export interface CheckedTenantFiles {
  readonly files: readonly CheckedTenantFile[]
  /** Empty when everything may be applied. */
  readonly problems: readonly Problem[]
}

/**
 * Checks all files together. A tenant in two files is a problem; a key's hash in several files is not: that is a key
 * which may act for several tenants.
 */
export function checkTenantFiles(sources: readonly TenantSource[]): CheckedTenantFiles {
  const problems: Problem[] = []
  const files = new Map<string, CheckedTenantFile>()
  for (const source of sources) {
    const parsed = parseTenantYaml(source.text, source.file)
    if (!parsed.ok) {
      problems.push(...parsed.problems)
      continue
    }
    const other = files.get(parsed.config.tenant)
    if (other === undefined) files.set(parsed.config.tenant, { ...source, config: parsed.config })
    else problems.push(sameTenant(source, parsed.config.tenant, other.file))
  }
  return { files: [...files.values()], problems }
}

function sameTenant(source: TenantSource, tenant: string, other: string): Problem {
  const line = source.text.split('\n').findIndex((text) => /^["']?tenant["']?\s*:/.test(text)) + 1
  const message = `The tenant ${tenant} has a file already: ${other}.`
  return { file: source.file, line: Math.max(line, 1), column: 1, path: 'tenant', message }
}
