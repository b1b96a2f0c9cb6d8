import { messageOf } from '@pegel/errors'
import { RE2JS } from 're2js'

/** A match's groups by number and by name; group 0 is the whole value. A group that took no part is empty. */
export interface RegexMatch {
  group(name: string): string
}

/** RE2 (linear time, no look-around), fully anchored, with `.` matching newlines, as Prometheus compiles its relabel rules. */
export interface AnchoredRegex {
  test(value: string): boolean
  match(value: string): RegexMatch | undefined
}

/** Why the text is no RE2 expression; undefined when it is one. */
export function regexProblem(text: string): string | undefined {
  try {
    compileRegex(text)
    return undefined
  } catch (error) {
    return `Not a valid RE2 regex: ${messageOf(error)}.`
  }
}

export function compileRegex(text: string): AnchoredRegex {
  // Compiled alone first, so that `a)(b` cannot close the group that anchors it.
  RE2JS.compile(text)
  const pattern = RE2JS.compile(`(?s:${text})`)
  const names = pattern.namedGroups() as Readonly<Record<string, number>>
  return {
    test: (value) => pattern.matches(value),
    match(value) {
      const matcher = pattern.matcher(value)
      if (!matcher.matches()) return undefined
      return {
        group(name) {
          const index = /^\d+$/.test(name) ? Number(name) : names[name]
          return index === undefined || index > matcher.groupCount() ? '' : (matcher.group(index) ?? '')
        },
      }
    },
  }
}
