import { triggersSchema } from '../../alerts/index.ts'
import type { AlertDoor } from '../../alerts/index.ts'
import type { EndpointRequest, HttpAnswer, HttpEndpoint } from '../http/http-endpoint.ts'
import { errorAnswer, okAnswer } from './answers.ts'
import { askerOf, withJson } from './read-json.ts'
import { takeTriggers } from './take-triggers.ts'

/** POST /api/v1/alerts: triggerAlert(name, { severity, tenantId, … }), one or several. */
export class AlertsEndpoint implements HttpEndpoint {
  readonly door = 'alerts'
  readonly methods = ['POST']
  readonly #intake: AlertDoor

  constructor(intake: AlertDoor) {
    this.#intake = intake
  }

  async take(request: EndpointRequest): Promise<HttpAnswer> {
    const { tenant } = askerOf(request)
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
