import type { RegexMatch } from './relabel-regex.ts'

/** Go's regexp.Expand: `$1`, `$name`, `${1}`, `${name}`, `$$`; the longest run of word characters is the name. */
const VARIABLE = /\$(?:\$|\{(\w+)\}|(\w+))/g

export type Template = (match: RegexMatch) => string

export function hasVariable(template: string): boolean {
  return template.includes('$')
}

/** Compiles a replacement: `$1x` names the group `1x` (which is empty), `${1}x` is group 1 and an x; a lone `$` stays. */
export function compileTemplate(template: string): Template {
  const parts: (string | { readonly group: string })[] = []
  let from = 0
  for (const found of template.matchAll(VARIABLE)) {
    parts.push(template.slice(from, found.index))
    const name = found[1] ?? found[2]
    parts.push(name === undefined ? '$' : { group: name })
    from = found.index + found[0].length
  }
  parts.push(template.slice(from))
  return (match) => parts.map((part) => (typeof part === 'string' ? part : match.group(part.group))).join('')
}
