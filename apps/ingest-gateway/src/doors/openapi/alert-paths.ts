import { z } from 'zod'
import { alertsView, overridesView, silencesView } from '../../alerts/alert-views.ts'
import { overrideSchema, requestSchema, silenceSchema, triggerSchema, webhookSchema } from '../../alerts/schemas.ts'
import { jsonFailure, refusals, schemaOf } from './responses.ts'
import type { Node } from './responses.ts'

const JSON_TYPE = 'application/json'
const orgId: Node = { $ref: '#/components/parameters/OrgId' }
const refTo = (schema: string): Node => ({ $ref: `#/components/schemas/${schema}` })
const json = (schema: Node): Node => ({ [JSON_TYPE]: { schema } })

const takenAlert = z.strictObject({
  id: z.string().describe('Names the occurrence.'),
  fingerprint: z.string().describe('Names the alert: 16 hexadecimal digits.'),
})

/** Bodies by name; made from what requests are checked by. */
export const alertSchemas: Readonly<Record<string, Node>> = {
  Trigger: schemaOf(triggerSchema),
  AlertRequest: schemaOf(requestSchema),
  Silence: schemaOf(silenceSchema),
  Override: schemaOf(overrideSchema),
  AlertmanagerWebhook: schemaOf(webhookSchema),
  Alerts: schemaOf(alertsView),
  Silences: schemaOf(silencesView),
  Overrides: schemaOf(overridesView),
  TakenAlerts: schemaOf(z.strictObject({ accepted: z.int(), alerts: z.array(takenAlert) })),
  TakenRequest: schemaOf(z.strictObject({ id: z.string(), target: z.string().optional() })),
}

interface Operation {
  readonly id: string
  readonly summary: string
  readonly request?: Node
  readonly answer: Node
  /** Of the path. */
  readonly parameter?: { readonly name: string; readonly description: string }
  /** Of the answer. Default: Kafka has it. */
  readonly description?: string
}

function operation({ id, summary, request, answer, parameter, description = 'Kafka has it.' }: Operation): Node {
  const inPath: readonly Node[] =
    parameter === undefined ? [] : [{ ...parameter, in: 'path', required: true, schema: { type: 'string' } }]
  return {
    operationId: id,
    tags: ['alerts'],
    summary,
    parameters: [...inPath, orgId],
    ...(request === undefined ? {} : { requestBody: { required: true, content: json(request) } }),
    responses: { '200': { description, content: json(answer) }, ...refusals(jsonFailure) },
  }
}

const target = { name: 'target', description: 'A group, or an alert by its fingerprint: 16 hexadecimal digits.' }
const taken = refTo('TakenRequest')

function action(name: 'acknowledge' | 'resolve', summary: string): Node {
  return {
    post: operation({ id: `${name}Alert`, summary, request: refTo('AlertRequest'), answer: taken, parameter: target }),
  }
}

function list(what: 'Alerts' | 'Silences' | 'Overrides', summary: string): Node {
  const description = 'As the alert-router has stored it.'
  return operation({ id: `list${what}`, summary, answer: refTo(what), description })
}

function setting(what: 'Silence' | 'Override', summary: string): Node {
  return {
    get: list(`${what}s`, `${what}s that are not over`),
    post: operation({ id: `set${what}`, summary, request: refTo(what), answer: taken }),
  }
}

function expire(what: 'Silence' | 'Override', summary: string): Node {
  const parameter = { name: 'id', description: 'As it was given or answered.' }
  return { delete: operation({ id: `expire${what}`, summary, answer: taken, parameter }) }
}

const html: Node = { 'text/html': { schema: { type: 'string' } } }
const token: Node = {
  name: 'token',
  in: 'query',
  required: true,
  description: 'Of the message.',
  schema: { type: 'string' },
}

function act(id: string, summary: string, description: string): Node {
  const of = (text: string): Node => ({ description: text, content: html })
  const responses = {
    '200': of(description),
    '403': of('The link is not valid.'),
    '404': of('Links are off.'),
    '410': of('The link has expired.'),
    '503': of('Kafka did not acknowledge. Try again.'),
  }
  return { operationId: id, tags: ['alerts'], summary, security: [], parameters: [token], responses }
}

/** What of the gateway is about alerts. */
export const alertPaths: Readonly<Record<string, Node>> = {
  '/api/v1/alerts': {
    get: list('Alerts', 'Groups, with who takes care and what comes next, and alerts'),
    post: operation({
      id: 'triggerAlert',
      summary: 'An alert fires, or is over; one, or up to 1000 in an array',
      request: { anyOf: [refTo('Trigger'), { type: 'array', items: refTo('Trigger') }] },
      answer: refTo('TakenAlerts'),
    }),
  },
  '/api/v1/alerts/{target}/acknowledge': action('acknowledge', 'Somebody takes care: escalation stops'),
  '/api/v1/alerts/{target}/resolve': action('resolve', 'It is over, whatever its source says'),
  '/api/v1/silences': setting('Silence', 'Makes a silence, or changes one'),
  '/api/v1/silences/{id}': expire('Silence', 'Ends a silence now'),
  '/api/v1/overrides': setting('Override', 'Puts somebody else on call for a while'),
  '/api/v1/overrides/{id}': expire('Override', 'Ends an override now'),
  '/api/v1/alertmanager/webhook': {
    post: operation({
      id: 'alertmanagerWebhook',
      summary: "Alertmanager's webhook, version 4; the label tenant must name a tenant that the key may act for",
      request: refTo('AlertmanagerWebhook'),
      answer: { type: 'object' },
    }),
  },
  '/alerts/act': {
    get: act('askAlertLink', 'A link of a message: asks before it acts', 'A page with one button.'),
    post: act('followAlertLink', 'Does what the link allows', 'Done.'),
  },
}
