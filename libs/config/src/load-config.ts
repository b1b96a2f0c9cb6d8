import type { z } from 'zod'
import { describeSettings } from './describe-settings.ts'
import type { SettingInfo } from './describe-settings.ts'
import type { Environment } from './environment.ts'

export type LoadedConfig<S extends z.ZodObject> =
  | { readonly ok: true; readonly config: z.infer<S> }
  /** One line per problem: the variable, what is wrong with it, what it is for. */
  | { readonly ok: false; readonly problems: readonly string[] }

/**
 * Reads every variable of a schema and reports all problems at once. A variable that is empty counts as not set, since
 * shells and compose files cannot unset one.
 */
export function loadConfig<S extends z.ZodObject>(schema: S, env: Environment): LoadedConfig<S> {
  const settings = describeSettings(schema)
  const given: Record<string, string> = {}
  for (const { name } of settings) {
    const text = env[name]
    if (text !== undefined && text !== '') given[name] = text
  }
  const parsed = schema.safeParse(given)
  if (parsed.success) return { ok: true, config: parsed.data }
  return { ok: false, problems: parsed.error.issues.map((issue) => describeIssue(issue, settings, given)) }
}

function describeIssue(issue: z.core.$ZodIssue, settings: readonly SettingInfo[], given: Environment): string {
  const name = String(issue.path[0] ?? '')
  const setting = settings.find((candidate) => candidate.name === name)
  if (setting === undefined) return issue.message
  const text = given[name]
  const about = setting.description === '' ? '' : ` ${setting.description}`
  if (text === undefined) return `${name} is not set.${about}`
  return `${name} ${issue.message}${setting.secret ? '' : ` (is "${text}")`}.${about}`
}
