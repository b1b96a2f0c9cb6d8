import { cliErrors } from '../errors.ts'

/** `name=value` words as a record. Throws cliErrors.bad_option. */
export function pairsOf(option: string, words: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    words.map((word) => {
      const at = word.indexOf('=')
      if (at < 1) throw cliErrors.bad_option({ option, problem: `write name=value, not ${word}` })
      return [word.slice(0, at), word.slice(at + 1)]
    }),
  )
}

/** Throws cliErrors.bad_option. */
export function severityOf(text: string): 'critical' | 'warning' | 'info' | 'security' {
  const found = (['critical', 'warning', 'info', 'security'] as const).find((each) => each === text)
  if (found === undefined)
    throw cliErrors.bad_option({ option: '--severity', problem: `critical, warning, info or security, not ${text}` })
  return found
}
