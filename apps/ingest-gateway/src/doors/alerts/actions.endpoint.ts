import { actionRecord } from '@pegel/alerting'
import { alertsErrors, requestSchema } from '../../alerts/index.ts'
import type { AlertDoor } from '../../alerts/index.ts'
import type { EndpointRequest, HttpAnswer, HttpEndpoint } from '../http/http-endpoint.ts'
import { errorAnswer, okAnswer } from './answers.ts'
import { askerOf, withJson } from './read-json.ts'

const TARGET = /^[0-9a-f]{16}$/

/** POST /api/v1/alerts/{target}/acknowledge and …/resolve; the target is a group or an alert. */
export class ActionsEndpoint implements HttpEndpoint {
  readonly door = 'alert_actions'
  readonly methods = ['POST']
  readonly #intake: AlertDoor
  readonly #action: 'acknowledge' | 'resolve'

  constructor(intake: AlertDoor, action: 'acknowledge' | 'resolve') {
    this.#intake = intake
    this.#action = action
  }

  async take(request: EndpointRequest): Promise<HttpAnswer> {
    const { tenant, by: credential } = askerOf(request)
    const target = decodeURIComponent((request.raw.url ?? '').split('?', 1)[0]?.split('/').at(-2) ?? '')
    if (!TARGET.test(target)) throw alertsErrors.unknown_target({ target })
    return withJson(request, { tenant, intake: this.#intake, schema: requestSchema }, async ({ note, by }) => {
      const asker = { tenant: tenant.tenant, by: by ?? credential, source: 'api', nowMs: request.receivedAtMs }
      const action = actionRecord(asker, { [this.#action]: { target, note, occurrenceMs: null } })
      await this.#intake.write(tenant, { actions: [action], actor: credential })
      return okAnswer({ id: action.id, target })
    })
  }

  refuse(thrown: unknown): HttpAnswer {
    return errorAnswer(thrown)
  }
}
