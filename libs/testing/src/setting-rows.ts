import { describeSettings } from '@pegel/config'
import type { z } from 'zod'

/**
 * The rows that a README's table of settings must hold, with single blanks: `| name | default | description |`. Compare after
 * replacing runs of blanks in the README, since tables are aligned.
 */
export function settingRows(schema: z.ZodObject): readonly string[] {
  return describeSettings(schema).map(({ name, description, required, fallback }) => {
    if (description === '') throw new Error(`${name} has no description`)
    const text = fallback === undefined ? 'none' : `\`${JSON.stringify(fallback).replaceAll('"', '')}\``
    return `| \`${name}\` | ${required ? 'required' : text} | ${description} |`
  })
}
