import { z } from 'zod'

const hex = (digits: number): z.ZodString =>
  z.string().regex(new RegExp(`^[0-9a-fA-F]{${digits}}$`), `must be ${digits} hexadecimal digits`)

const TIMESTAMP = 'must be ISO 8601 with a zone, or ms since 1970'

/** One log line of POST /api/v1/logs. The shape that Pegel's own services log in. */
export const logLineSchema = z.strictObject({
  timestamp: z
    .union([z.iso.datetime({ offset: true, error: TIMESTAMP }), z.int()], { error: TIMESTAMP })
    .optional()
    .describe('When it happened: ISO 8601 with a zone, or ms since 1970. Without it: when the request arrived.'),
  level: z
    .string()
    .max(64)
    .optional()
    .describe('trace, debug, info, warn, error or fatal; other words are kept in lower case.'),
  service: z.string().max(1024).optional().describe('Who logged it.'),
  tenant_id: z.string().optional().describe('If given, it must be the tenant of the credential.'),
  message: z.string().describe('The text.'),
  metadata: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('Anything else; members of objects get dotted names, lists are kept as JSON.'),
  trace_id: hex(32).optional().describe('Of OpenTelemetry, in hexadecimal.'),
  span_id: hex(16).optional().describe('Of OpenTelemetry, in hexadecimal.'),
})

export type LogLine = z.infer<typeof logLineSchema>
