import type { TenantConfig, TenantDirectory } from '@pegel/tenancy'
import { gatewayErrors } from '../../errors.ts'
import { alertsErrors, webhookRecords, webhookSchema } from '../../alerts/index.ts'
import type { AlertDoor } from '../../alerts/index.ts'
import type { EndpointRequest, HttpAnswer, HttpEndpoint } from '../http/http-endpoint.ts'
import { errorAnswer, okAnswer } from './answers.ts'
import { withJson } from './read-json.ts'

/** POST /api/v1/alertmanager/webhook: Alertmanager's webhook, version 4. One key may bring alerts of several tenants. */
export class WebhookEndpoint implements HttpEndpoint {
  readonly door = 'alertmanager'
  readonly methods = ['POST']
  readonly #intake: AlertDoor
  readonly #tenants: Pick<TenantDirectory, 'current'>

  constructor(intake: AlertDoor, tenants: Pick<TenantDirectory, 'current'>) {
    this.#intake = intake
    this.#tenants = tenants
  }

  async take(request: EndpointRequest): Promise<HttpAnswer> {
    const { credentialId: by, tenants } = request.holder()
    // The size of the body is limited by the first of its tenants: whose alerts are in it is known only once it is read.
    const [first] = tenants
    const reader = this.#configOf(first ?? '')
    return withJson(request, { tenant: reader, intake: this.#intake, schema: webhookSchema }, async (body) => {
      const { alerts, actions, rejected } = webhookRecords(body, { by, tenants, nowMs: request.receivedAtMs })
      const concerned = [...new Set([...alerts, ...actions].map(({ tenant }) => tenant))]
      for (const name of concerned) {
        const own = <T extends { readonly tenant: string }>(all: readonly T[]): readonly T[] =>
          all.filter(({ tenant }) => tenant === name)
        await this.#intake.write(this.#configOf(name), { alerts: own(alerts), actions: own(actions) })
      }
      const [worst] = rejected
      if (worst !== undefined && rejected.length === body.alerts.length)
        throw alertsErrors.nothing_accepted({ received: rejected.length, first: `${worst.code}: ${worst.message}` })
      const accepted = body.alerts.length - rejected.length
      return okAnswer({ accepted, refused: rejected.length, rejected }, rejected.length === 0 ? 'ok' : 'partial')
    })
  }

  refuse(thrown: unknown): HttpAnswer {
    return errorAnswer(thrown)
  }

  #configOf(tenant: string): TenantConfig {
    const found = this.#tenants.current(tenant)
    if (found.status !== 'active') throw gatewayErrors.tenant_forbidden({ tenant })
    return found.config
  }
}
