import { z } from 'zod'
import { regexProblem } from '../relabel-regex.ts'
import type { Matcher, MatchOperator } from './alerting-config.ts'

/** Label names as sources write them: Prometheus' own, and dotted ones of OpenTelemetry. */
const HEAD = /^\s*([a-zA-Z_:][\w:./-]*)\s*(=~|!~|!=|=)\s*/
const QUOTED = /^"((?:[^"\\]|\\.)*)"\s*/s
const BARE = /^[^",{}\s][^",{}]*/
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', '"': '"', '\\': '\\' }

export type ParsedMatchers =
  { readonly matchers: readonly Matcher[] } | { readonly matchers?: undefined; readonly problem: string }

/**
 * Reads one or several matchers as Alertmanager writes them: `severity="critical"`, `job=~"api|web"`, `{a=b, c!=d}`.
 * A value without quotes ends at a comma.
 */
export function parseMatchers(text: string): ParsedMatchers {
  let rest = text.trim()
  if (rest.startsWith('{') && rest.endsWith('}')) rest = rest.slice(1, -1).trim()
  const matchers: Matcher[] = []
  while (rest !== '') {
    const head = HEAD.exec(rest)
    if (head === null) return { problem: `Write a matcher such as severity="critical" or job=~"api|web"; at ${rest}.` }
    const [all, name = '', operator = ''] = head
    const value = valueOf(rest.slice(all.length))
    if (value === undefined) return { problem: `The value of ${name} is not closed or not escaped; quote it.` }
    const problem = operator.endsWith('~') ? regexProblem(value.text) : undefined
    if (problem !== undefined) return { problem }
    matchers.push({ name, operator: operator as MatchOperator, value: value.text })
    if (value.rest !== '' && !value.rest.startsWith(',')) return { problem: `Put a comma before ${value.rest}.` }
    rest = value.rest.replace(/^,\s*/, '')
  }
  return matchers.length === 0 ? { problem: 'Write at least one matcher, such as severity="critical".' } : { matchers }
}

function valueOf(text: string): { readonly text: string; readonly rest: string } | undefined {
  if (text.startsWith('"')) {
    const [all, inner = ''] = QUOTED.exec(text) ?? []
    if (all === undefined) return undefined
    const unescaped = inner.replace(/\\(.)/gs, (whole, char: string) => ESCAPES[char] ?? whole)
    return { text: unescaped, rest: text.slice(all.length) }
  }
  const [bare = ''] = BARE.exec(text) ?? []
  const rest = text.slice(bare.length)
  return rest !== '' && !rest.startsWith(',') ? undefined : { text: bare.trimEnd(), rest }
}

/** A list of matchers in a tenant's file; each entry may hold several. */
export const matchersSchema = z.array(
  z.string().transform((text, context) => {
    const parsed = parseMatchers(text)
    if (parsed.matchers !== undefined) return parsed.matchers
    context.addIssue({ code: 'custom', message: parsed.problem })
    return z.NEVER
  }),
)

/** As Alertmanager prints it; it is part of a group's key. */
export function formatMatcher({ name, operator, value }: Matcher): string {
  return `${name}${operator}"${value.replace(/[\\\n"]/g, (char) => (char === '\n' ? '\\n' : `\\${char}`))}"`
}
