import Mustache from 'mustache'
import { alertChannelErrors } from '../errors.ts'
import { VIEW_NAMES } from './view.ts'
import type { TemplateView } from './view.ts'

/** How a value is written into a text: what means something there must not come from a label. */
export type Escape = (value: string) => string

export type Template = (view: TemplateView) => string

const MAX_SECTIONS_DEEP = 2
const MAX_TAGS = 200
const MAX_OUTPUT_CHARS = 20_000

/** A token of Mustache: kind, value, and for a section its own tokens at index 4. */
type Token = readonly [kind: string, value: string, start: number, end: number, inner?: readonly Token[]]

/**
 * Reads a tenant's template: Mustache without what could reach beyond its own text. Only names of the view, for Mustache calls any function
 * that it finds, those of a list's prototype too; no partials, no other delimiters, no unescaped values,
 * sections at most two deep and never within their own kind (a list within itself costs its square), so that rendering costs no more
 * than the alerts are long.
 * @throws alertChannelErrors.template_invalid
 */
export function compileTemplate(field: string, text: string, escape: Escape): Template {
  const invalid = (problem: string): Error => alertChannelErrors.template_invalid({ field, problem })
  let tokens: readonly Token[]
  try {
    tokens = Mustache.parse(text) as unknown as readonly Token[]
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : String(error))
  }
  const problem = problemOf(tokens)
  if (problem !== undefined) throw invalid(problem)
  return (view) => {
    let left = MAX_OUTPUT_CHARS
    // What would be cut off anyway is not made: a long value in a list in a list fills the memory of all tenants.
    const bounded = (value: string): string => {
      if (left <= 0) return ''
      const escaped = escape(value.slice(0, left))
      left -= escaped.length
      return escaped
    }
    return Mustache.render(text, view, {}, { escape: (value) => bounded(String(value)) }).slice(0, MAX_OUTPUT_CHARS)
  }
}

function problemOf(tokens: readonly Token[]): string | undefined {
  let tags = 0
  const walk = (inner: readonly Token[], within: readonly string[]): string | undefined => {
    for (const [kind, value, , , own] of inner) {
      if (kind === 'text') continue
      tags += 1
      if (tags > MAX_TAGS) return `it has more than ${MAX_TAGS} tags`
      if (kind === '>' || kind === '=') return `{{${kind}${value}}} is not allowed`
      if (kind === '&') return `{{{${value}}}} is not allowed: values are always escaped`
      if (kind !== '!' && !VIEW_NAMES.has(value)) return `there is no ${value}`
      if (kind !== '#' && kind !== '^') continue
      if (within.includes(value)) return `{{${kind}${value}}} stands within itself`
      if (within.length >= MAX_SECTIONS_DEEP) return `sections go more than ${MAX_SECTIONS_DEEP} deep`
      const problem = walk(own ?? [], [...within, value])
      if (problem !== undefined) return problem
    }
    return undefined
  }
  return walk(tokens, [])
}
