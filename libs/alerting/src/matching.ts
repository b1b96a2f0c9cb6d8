import type { Matcher } from '@pegel/tenancy'
import { RE2JS } from 're2js'
import type { Labels } from './labels.ts'

export type LabelTest = (labels: Labels) => boolean

/** True when all of them hold. An absent label reads as empty; no matchers hold always. */
export function compileMatchers(matchers: readonly Matcher[]): LabelTest {
  const tests = matchers.map(compileMatcher)
  return (labels) => tests.every((test) => test(labels))
}

function compileMatcher({ name, operator, value }: Matcher): LabelTest {
  const valueOf = (labels: Labels): string => (Object.hasOwn(labels, name) ? (labels[name] ?? '') : '')
  if (operator === '=') return (labels) => valueOf(labels) === value
  if (operator === '!=') return (labels) => valueOf(labels) !== value
  // RE2JS.matches is anchored at both ends. As in Alertmanager, `.` does not match a newline here.
  const pattern = RE2JS.compile(value)
  const wanted = operator === '=~'
  return (labels) => pattern.matches(valueOf(labels)) === wanted
}
