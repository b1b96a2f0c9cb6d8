import type { z } from 'zod'
import { describeSettings } from './describe-settings.ts'

/** What stands for a secret. */
export const REDACTED = '<redacted>'

/** `NAME=value` per line, as an environment file, secrets redacted. */
export function printConfig<S extends z.ZodObject>(schema: S, config: z.infer<S>): string {
  const values: Readonly<Record<string, unknown>> = config
  const lines = describeSettings(schema).map(({ name, secret }) => {
    const text = valueText(values[name])
    return `${name}=${secret && text !== '' ? REDACTED : text}\n`
  })
  return lines.join('')
}

/** One paragraph per variable: name, default or `required`, description. */
export function settingsHelp(schema: z.ZodObject): string {
  const lines = describeSettings(schema).map(({ name, description, secret, required, fallback }) => {
    const text = valueText(fallback)
    const note = required ? ' (required)' : text === '' ? '' : ` (default ${secret ? REDACTED : text})`
    return `  ${name}${note}\n      ${description}\n`
  })
  return lines.join('')
}

function valueText(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (Array.isArray(value)) return value.map(valueText).join(',')
  return typeof value === 'string' ? value : JSON.stringify(value)
}
