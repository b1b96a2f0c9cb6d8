import { alertFingerprint, labelsOf } from '@pegel/alerting'
import { alertsErrors, triggerRecord, triggersSchema } from '../../alerts/index.ts'
import type { AlertDoor } from '../../alerts/index.ts'
import type { EndpointRequest, HttpAnswer, HttpEndpoint } from '../http/http-endpoint.ts'
import { errorAnswer, okAnswer } from './answers.ts'
import { askerOf, withJson } from './read-json.ts'

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
    return withJson(request, { tenant, intake: this.#intake, schema: triggersSchema }, async (body) => {
      const triggers = Array.isArray(body) ? body : [body]
      const other = triggers.find(({ tenant_id: named }) => named !== undefined && named !== tenant.tenant)
      if (other !== undefined)
        throw alertsErrors.tenant_mismatch({ named: other.tenant_id ?? '', tenant: tenant.tenant })
      const asker = { tenant: tenant.tenant, nowMs: request.receivedAtMs }
      const alerts = triggers.map((trigger) => triggerRecord(trigger, asker))
      await this.#intake.write(tenant, { alerts })
      const taken = alerts.map((alert) => ({ id: alert.id, fingerprint: alertFingerprint(labelsOf(alert)) }))
      return okAnswer({ accepted: taken.length, alerts: taken })
    })
  }

  refuse(thrown: unknown): HttpAnswer {
    return errorAnswer(thrown)
  }
}
