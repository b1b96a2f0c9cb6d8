import { z } from 'zod'
import { aiMetrics, answer, businessMetrics, pointSchemas } from '../../metrics-json/schemas.ts'
import { alertPaths, alertSchemas } from './alert-paths.ts'
import { paths } from './paths.ts'
import { failureSchema, schemaOf } from './responses.ts'
import type { Node } from './responses.ts'

const DESCRIPTION = `Ways to write metrics and logs over HTTP. A key names the tenant: as \`Authorization: Bearer KEY\`, \`Token KEY\` or Basic with the tenant as user. 
Bodies may be gzip, zstd, deflate or plain (remote write: snappy). Success means that Kafka has acknowledged every point that was taken.`

/** Everything that may stand in a request, by name: `Gauge`, `ExponentialHistogram` … */
const items: Readonly<Record<string, Node>> = {
  ...Object.fromEntries(Object.entries(pointSchemas).map(([type, schema]) => [pascalCase(type), schemaOf(schema)])),
  AiMetrics: schemaOf(aiMetrics),
  BusinessMetrics: schemaOf(businessMetrics),
}

function pascalCase(text: string): string {
  return text.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

function refTo(schema: string): Node {
  return { $ref: `#/components/schemas/${schema}` }
}

/**
 * The OpenAPI 3.1 document of the gateway. What JSON is is made from the schemas that requests are checked by; the bodies of other
 * protocols are theirs to describe. Depends on zod alone, since \`npm run generate\` writes it to docs/openapi.json.
 */
export function openApiDocument(): Node {
  return {
    openapi: '3.1.0',
    info: { title: 'Pegel ingest gateway', version: '1', description: DESCRIPTION.replace(/ *\n/g, '\n') },
    servers: [{ url: 'http://127.0.0.1:4318', description: 'Where a gateway listens unless told otherwise.' }],
    security: [{ bearer: [] }, { basic: [] }, { token: [] }],
    tags: [
      { name: 'json', description: 'Plain JSON' },
      { name: 'influx', description: 'InfluxDB line protocol' },
      { name: 'prometheus', description: 'Prometheus remote write' },
      { name: 'otlp', description: 'OpenTelemetry protocol' },
      { name: 'logs', description: 'Log events' },
      { name: 'alerts', description: 'Alerts, and what people ask about them' },
      { name: 'about', description: 'The gateway itself' },
    ],
    paths: { ...paths, ...alertPaths },
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'A key of the tenant.' },
        basic: { type: 'http', scheme: 'basic', description: 'The tenant as user, its key as password.' },
        token: { type: 'apiKey', in: 'header', name: 'Authorization', description: '`Token KEY`, as InfluxDB has it.' },
      },
      parameters: {
        OrgId: {
          name: 'X-Scope-OrgID',
          in: 'header',
          description: 'The tenant, for a key that may act for several.',
          schema: { type: 'string', pattern: '^[a-z0-9][a-z0-9_]{0,62}$' },
        },
      },
      schemas: {
        ...items,
        Item: { anyOf: Object.keys(items).map(refTo) },
        Points: { anyOf: [refTo('Item'), { type: 'array', items: refTo('Item') }] },
        Answer: schemaOf(answer),
        ...alertSchemas,
        Failure: failureSchema,
        InfluxV1Error: schemaOf(z.strictObject({ error: z.string() })),
        InfluxV2Error: schemaOf(
          z.strictObject({
            code: z.string(),
            message: z.string(),
            line: z.int().optional().describe('The first bad line.'),
          }),
        ),
      },
    },
  }
}

/** As it is served and committed. */
export function openApiText(): string {
  return `${JSON.stringify(openApiDocument(), null, 2)}\n`
}
