import { triggersSchema, viewAlerts } from '../../alerts/index.ts'
import type { AlertBook, AlertDoor } from '../../alerts/index.ts'
import type { EndpointRequest, HttpAnswer, HttpEndpoint } from '../http/http-endpoint.ts'
import { errorAnswer, okAnswer } from './answers.ts'
import { askerOf, withJson } from './read-json.ts'
import { takeTriggers } from './take-triggers.ts'

/** /api/v1/alerts: POST is triggerAlert(name, { severity, tenantId, … }), one or several; GET lists groups and alerts. */
export class AlertsEndpoint implements HttpEndpoint {
  readonly door = 'alerts'
  readonly methods = ['GET', 'POST']
  readonly #intake: AlertDoor
  readonly #book: Pick<AlertBook, 'of'>

  constructor(intake: AlertDoor, book: Pick<AlertBook, 'of'>) {
    this.#intake = intake
    this.#book = book
  }

  async take(request: EndpointRequest): Promise<HttpAnswer> {
    const { tenant } = askerOf(request)
    if (request.raw.method === 'GET') return okAnswer(viewAlerts(await this.#book.of(tenant.tenant)))
    const intake = this.#intake
    return withJson(request, { tenant, intake, schema: triggersSchema }, async (triggers) => {
      const taken = await takeTriggers({ intake, tenant, triggers, nowMs: request.receivedAtMs })
      return okAnswer({ accepted: taken.length, alerts: taken })
    })
  }

  refuse(thrown: unknown): HttpAnswer {
    return errorAnswer(thrown)
  }
}
