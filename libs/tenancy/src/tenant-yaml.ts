import type { TenantRecord } from '@pegel/contracts'
import { LineCounter, parseDocument } from 'yaml'
import type { Document } from 'yaml'
import type { z } from 'zod'
import { formatProblem } from './problem.ts'
import type { Problem } from './problem.ts'
import type { TenantConfig } from './tenant-config.ts'
import { tenantFileSchema, toConfig } from './tenant-schema.ts'
import { locateIssues } from './yaml-problems.ts'

export type ParsedTenantFile =
  { readonly ok: true; readonly config: TenantConfig } | { readonly ok: false; readonly problems: readonly Problem[] }

/** Reads one tenant file strictly: everything wrong in it is named at once. The version is 0 until it is published. */
export function parseTenantYaml(text: string, file: string): ParsedTenantFile {
  const { lines, document, problems } = parse(text, file)
  if (problems.length > 0) return { ok: false, problems }
  const checked = tenantFileSchema.safeParse(document.toJS())
  if (checked.success) return { ok: true, config: toConfig(checked.data, 0) }
  return { ok: false, problems: locateIssues(checked.error.issues, { file, lines, document }) }
}

export type ReadTenantRecord =
  | { readonly status: 'read'; readonly config: TenantConfig | null; readonly ignoredKeys: readonly string[] }
  | { readonly status: 'unreadable'; readonly problem: string }

/**
 * Reads a published version. Keys that this program does not know are ignored and named, so that a newer cli may
 * publish while older services still run; anything else wrong makes the version unreadable.
 */
export function readTenantRecord(record: TenantRecord): ReadTenantRecord {
  if (record.deleted) return { status: 'read', config: null, ignoredKeys: [] }
  const file = `${record.tenant}@${record.version}`
  const { document, problems, lines } = parse(record.yaml, file)
  if (problems.length > 0) return unreadable(problems)
  const value: unknown = document.toJS()
  let checked = tenantFileSchema.safeParse(value)
  const ignoredKeys = checked.success ? [] : removeUnknown(value, checked.error.issues)
  if (ignoredKeys.length > 0) checked = tenantFileSchema.safeParse(value)
  if (!checked.success) return unreadable(locateIssues(checked.error.issues, { file, lines, document }))
  if (checked.data.tenant !== record.tenant)
    return { status: 'unreadable', problem: `${file} holds the file of ${checked.data.tenant}` }
  return { status: 'read', config: toConfig(checked.data, record.version), ignoredKeys }
}

interface ParsedYaml {
  readonly document: Document.Parsed
  readonly lines: LineCounter
  readonly problems: readonly Problem[]
}

function parse(text: string, file: string): ParsedYaml {
  const lines = new LineCounter()
  // Aliases are limited by the library (maxAliasCount); merge keys and custom tags are not part of the core schema.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true })
  const problems = [...document.errors, ...document.warnings].map((error) => {
    const { line, col } = lines.linePos(error.pos[0])
    return { file, line, column: col, path: '', message: error.message }
  })
  return { document, lines, problems }
}

function unreadable(problems: readonly Problem[]): ReadTenantRecord {
  return { status: 'unreadable', problem: problems.map(formatProblem).join('; ') }
}

function removeUnknown(root: unknown, issues: readonly z.core.$ZodIssue[]): readonly string[] {
  const removed: string[] = []
  for (const issue of issues) {
    if (issue.code !== 'unrecognized_keys') continue
    const holder = issue.path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown>)[key], root)
    for (const key of issue.keys) {
      Reflect.deleteProperty(holder as object, key)
      removed.push([...issue.path, key].join('.'))
    }
  }
  return removed
}
