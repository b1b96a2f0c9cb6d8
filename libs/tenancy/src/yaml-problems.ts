import { isMap, isNode, isScalar } from 'yaml'
import type { Document, LineCounter, Node } from 'yaml'
import type { z } from 'zod'
import { ALERTING_KEYS } from './alerting/alerting-schema.ts'
import { formatPath, nearest } from './problem.ts'
import type { Problem } from './problem.ts'

interface Source {
  readonly file: string
  readonly lines: LineCounter
  readonly document: Document.Parsed
}

/** Turns what zod found into problems with file, line and path. Ordered by place. */
export function locateIssues(issues: readonly z.core.$ZodIssue[], source: Source): readonly Problem[] {
  const problems = issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => locate(source, [...issue.path, key], unknownKey(key, issue.path)))
      : [locate(source, issue.path, describe(issue))],
  )
  return problems.sort((a, b) => a.line - b.line || a.column - b.column)
}

const KNOWN_KEYS: readonly (readonly [RegExp, readonly string[]])[] = [
  [
    /^$/,
    [
      ...['tenant', 'credentials', 'direct_keys', 'static_labels', 'rules', 'limits', 'placement', 'sinks'],
      ...['detection', 'alerting'],
    ],
  ],
  [/^credentials\b/, ['id', 'sha256']],
  [/^direct_keys\b/, ['id', 'public_key']],
  [/^rules\b/, ['id', 'action', 'source_labels', 'separator', 'regex', 'target_label', 'replacement', 'modulus']],
  [
    /^limits\b/,
    [
      'points_per_second',
      'burst_points',
      'max_request_bytes',
      'max_points_per_request',
      'max_labels_per_series',
      'max_label_name_bytes',
      'max_label_value_bytes',
      'max_point_age',
      'max_point_future',
    ],
  ],
  ...ALERTING_KEYS,
]

function unknownKey(key: string, path: readonly PropertyKey[]): string {
  if (key === 'shards' && path.length === 0) return 'shards is reserved for later use; leave it out.'
  const known = KNOWN_KEYS.find(([pattern]) => pattern.test(formatPath(path)))?.[1] ?? []
  const near = nearest(key, known)
  if (near !== undefined) return `Unknown key; did you mean ${near}?`
  return known.length === 0 ? 'Unknown key.' : `Unknown key; known are ${known.join(', ')}.`
}

function describe(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type' && issue.input === undefined && issue.path.length > 0) {
    return issue.message.includes('received undefined') ? 'This key is required.' : issue.message
  }
  return issue.message
}

/** A key that is missing is placed at the nearest thing that is there. */
function locate(source: Source, path: readonly PropertyKey[], message: string): Problem {
  let offset = 0
  for (let depth = path.length; depth >= 0; depth -= 1) {
    const found = offsetOf(source.document, path.slice(0, depth))
    if (found !== undefined) {
      offset = found
      break
    }
  }
  const { line, col } = source.lines.linePos(offset)
  return { file: source.file, line: Math.max(line, 1), column: Math.max(col, 1), path: formatPath(path), message }
}

function offsetOf(document: Document.Parsed, path: readonly PropertyKey[]): number | undefined {
  const last = path.at(-1)
  if (last === undefined) return start(document.contents)
  const parent: unknown = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true)
  if (isMap(parent)) {
    const pair = parent.items.find((item) => isScalar(item.key) && item.key.value === last)
    return pair === undefined ? undefined : start(pair.key)
  }
  return start(document.getIn(path, true))
}

function start(node: unknown): number | undefined {
  return isNode(node) ? (node as Node).range?.[0] : undefined
}
