import { z } from 'zod'

const MAX_TEMPLATE_CHARS = 4096
const template = z.string().min(1).max(MAX_TEMPLATE_CHARS)

/** Mustache, in the place of what Pegel says by itself. Checked in full when the router reads it. */
export const templatesSchema = z
  .strictObject({
    title: template.optional().describe('One line: a subject, a headline.'),
    body: template.optional().describe('What follows it.'),
  })
  .default({})

export interface TemplatesConfig {
  readonly title: string | undefined
  readonly body: string | undefined
}

export function toTemplates({ title, body }: z.output<typeof templatesSchema>): TemplatesConfig {
  return { title, body }
}
