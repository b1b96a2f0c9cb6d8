import { jsonFailure, refusals } from './responses.ts'
import type { Node } from './responses.ts'

/** A body that is described elsewhere: its media types name what it is. */
function opaque(...types: readonly string[]): Node {
  return Object.fromEntries(types.map((type) => [type, {}]))
}

interface PostOptions {
  readonly id: string
  readonly tag: string
  readonly summary: string
  readonly spec?: string
  readonly request: Node
  readonly responses: Readonly<Record<string, Node>>
  readonly parameters?: readonly Node[]
}

function post({ id, tag, summary, spec, request, responses, parameters = [] }: PostOptions): Node {
  const orgId: Node = { $ref: '#/components/parameters/OrgId' }
  return {
    post: {
      operationId: id,
      tags: [tag],
      summary,
      ...(spec === undefined ? {} : { externalDocs: { url: spec } }),
      parameters: [...parameters, orgId],
      requestBody: { required: true, content: request },
      responses,
    },
  }
}

const PROTOBUF = 'application/x-protobuf'
const JSON_TYPE = 'application/json'
const OTLP = 'https://opentelemetry.io/docs/specs/otlp/#otlphttp'
const otlpContent = opaque(PROTOBUF, JSON_TYPE)

function otlp(id: string, what: string): Node {
  const responses = { '200': { description: 'Taken; partial_success says what was not.', content: otlpContent } }
  const summary = `${what} of OpenTelemetry (OTLP/HTTP)`
  const all = { ...responses, ...refusals(otlpContent) }
  return post({ id, tag: 'otlp', summary, spec: OTLP, request: otlpContent, responses: all })
}

function remoteWrite(id: string, parameters: readonly Node[] = []): Node {
  const request = opaque(
    `${PROTOBUF};proto=prometheus.WriteRequest`,
    `${PROTOBUF};proto=io.prometheus.write.v2.Request`,
  )
  const text = { 'text/plain': { schema: { type: 'string' } } }
  const responses = { '204': { description: 'Taken.' }, ...refusals(text) }
  const spec = 'https://prometheus.io/docs/specs/prw/remote_write_spec_2_0/'
  const summary = 'Samples of Prometheus (remote write 1.0 and 2.0, snappy)'
  return post({ id, tag: 'prometheus', summary, spec, request, responses, parameters })
}

function query(name: string, description: string, values?: readonly string[]): Node {
  const schema: Node = { type: 'string', ...(values === undefined ? {} : { enum: values }) }
  return { name, in: 'query', description, schema }
}

const influxFailures = (schema: string): Node => ({
  [JSON_TYPE]: { schema: { $ref: `#/components/schemas/${schema}` } },
})
const lines: Node = { 'text/plain': { schema: { type: 'string' }, example: 'cpu,host=web-1 usage_idle=98.5' } }
const LINE_PROTOCOL = 'https://docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol/'

const influxV2 = post({
  id: 'writeInfluxV2',
  tag: 'influx',
  summary: 'Line protocol, as InfluxDB 2 takes it',
  spec: LINE_PROTOCOL,
  request: lines,
  parameters: [
    query('bucket', 'The tenant, or the tenant, a slash and anything.'),
    query('org', 'The tenant.'),
    query('precision', 'Unit of the timestamps; ns without it.', ['ns', 'us', 'ms', 's']),
  ],
  responses: {
    '204': { description: 'Taken.' },
    ...refusals(influxFailures('InfluxV2Error')),
    ...notFound('InfluxV2Error'),
  },
})

const influxV1 = post({
  id: 'writeInfluxV1',
  tag: 'influx',
  summary: 'Line protocol, as InfluxDB 1 takes it',
  spec: LINE_PROTOCOL,
  request: lines,
  parameters: [
    query('db', 'The tenant, or the tenant, a slash and anything.'),
    query('rp', 'Not looked at.'),
    query('precision', 'Unit of the timestamps; ns without it.', ['n', 'ns', 'u', 'us', 'µ', 'ms', 's', 'm', 'h']),
    query('u', 'The tenant, or nothing; with p instead of an Authorization header.'),
    query('p', 'The key.'),
  ],
  responses: {
    '204': { description: 'Taken.' },
    ...refusals(influxFailures('InfluxV1Error')),
    ...notFound('InfluxV1Error'),
  },
})

function notFound(schema: string): { readonly '404': Node } {
  return {
    '404': { description: 'The bucket, database or organisation is not the tenant.', content: influxFailures(schema) },
  }
}

function get(id: string, summary: string, responses: Readonly<Record<string, Node>>): Node {
  return { get: { operationId: id, tags: ['about'], summary, security: [], responses } }
}

const metricsJson = post({
  id: 'writeJson',
  tag: 'json',
  summary: 'Points as plain JSON',
  request: {
    [JSON_TYPE]: { schema: { $ref: '#/components/schemas/Points' } },
    'application/x-ndjson': { schema: { type: 'string', description: 'An Item per line.' } },
  },
  responses: {
    '200': {
      description: 'Everything or something was taken; what was refused is listed.',
      content: { [JSON_TYPE]: { schema: { $ref: '#/components/schemas/Answer' } } },
    },
    ...refusals(jsonFailure),
    '400': {
      description: 'Nothing was taken.',
      content: {
        [JSON_TYPE]: {
          schema: { anyOf: [{ $ref: '#/components/schemas/Answer' }, { $ref: '#/components/schemas/Failure' }] },
        },
      },
    },
  },
})

const logsJson = post({
  id: 'writeJsonLogs',
  tag: 'logs',
  summary: 'Log events as JSON, one per line or in an array',
  request: opaque(JSON_TYPE, 'application/x-ndjson'),
  responses: {
    '200': { description: 'Taken; what was refused is listed.', content: opaque(JSON_TYPE) },
    ...refusals(jsonFailure),
  },
})

const health: Node = { [JSON_TYPE]: { schema: { type: 'object', properties: { status: { const: 'pass' } } } } }

/** Everything that the gateway has over HTTP, but for InfluxDB paths that exist only to say that they do not. */
export const paths: Readonly<Record<string, Node>> = {
  '/v1/metrics': otlp('writeOtlpMetrics', 'Metrics'),
  '/v1/logs': otlp('writeOtlpLogs', 'Logs'),
  '/api/v1/metrics': metricsJson,
  '/api/v1/logs': logsJson,
  '/api/v1/push': remoteWrite('push'),
  '/api/v1/write': remoteWrite('remoteWrite'),
  '/api/v2/write': influxV2,
  '/write': influxV1,
  '/ping': get('ping', 'Is it there? For clients of InfluxDB', { '204': { description: 'Yes.' } }),
  '/health': get('health', 'Is it well? For clients of InfluxDB', { '200': { description: 'Yes.', content: health } }),
  '/openapi.json': get('openapi', 'This document', {
    '200': { description: 'OpenAPI 3.1.', content: opaque(JSON_TYPE) },
  }),
}
