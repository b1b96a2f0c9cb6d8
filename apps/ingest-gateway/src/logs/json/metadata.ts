import type { Attribute } from '@pegel/contracts'

const MAX_DEPTH = 16

/**
 * A JSON object as attributes: members of objects within get dotted keys, lists stay JSON, null counts as absent.
 * Undefined when it nests deeper than 16 levels.
 */
export function attributesOf(metadata: Readonly<Record<string, unknown>>): readonly Attribute[] | undefined {
  if (!isShallow(metadata, MAX_DEPTH)) return undefined
  const byKey = new Map<string, string>()
  collect(metadata, '', byKey)
  return [...byKey].map(([key, value]) => ({ key, value }))
}

function collect(members: object, prefix: string, into: Map<string, string>): void {
  for (const [name, value] of Object.entries(members) as [string, unknown][]) {
    const key = `${prefix}${name}`
    if (value === null) continue
    if (typeof value === 'object' && !Array.isArray(value)) collect(value, `${key}.`, into)
    else into.set(key, typeof value === 'string' ? value : JSON.stringify(value))
  }
}

function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  return levels > 0 && Object.values(value).every((item) => isShallow(item, levels - 1))
}
