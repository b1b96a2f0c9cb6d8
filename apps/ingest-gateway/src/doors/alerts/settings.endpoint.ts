import { actionRecord } from '@pegel/alerting'
import type { Asker } from '@pegel/alerting'
import {
  overridePart,
  overrideSchema,
  silencePart,
  silenceSchema,
  viewOverrides,
  viewSilences,
} from '../../alerts/index.ts'
import type { AlertBook, AlertDoor } from '../../alerts/index.ts'
import type { EndpointRequest, HttpAnswer, HttpEndpoint } from '../http/http-endpoint.ts'
import { errorAnswer, okAnswer } from './answers.ts'
import { askerOf, withJson } from './read-json.ts'

type Kind = 'silences' | 'overrides'

export interface SettingsOptions {
  readonly intake: AlertDoor
  readonly book: Pick<AlertBook, 'of'>
  readonly kind: Kind
}

/** /api/v1/silences and /api/v1/overrides: POST makes one, or changes the one of the id that is given; GET lists those that are not over. */
export class SettingsEndpoint implements HttpEndpoint {
  readonly door: string
  readonly methods = ['GET', 'POST']
  readonly #options: SettingsOptions

  constructor(options: SettingsOptions) {
    this.#options = options
    this.door = options.kind
  }

  async take(request: EndpointRequest): Promise<HttpAnswer> {
    const { tenant, by: credential } = askerOf(request)
    const { intake, book, kind } = this.#options
    if (request.raw.method === 'GET') {
      const [states, nowMs] = [await book.of(tenant.tenant), request.receivedAtMs]
      return okAnswer(kind === 'silences' ? viewSilences(states, nowMs) : viewOverrides(states, nowMs))
    }
    const asker = (by = credential): Asker => ({
      ...{ tenant: tenant.tenant, by, source: 'api', nowMs: request.receivedAtMs },
    })
    if (kind === 'silences')
      return withJson(request, { tenant, intake, schema: silenceSchema }, async (body) => {
        const { silenceId: id, silence } = silencePart(body, request.receivedAtMs)
        await intake.write(tenant, { actions: [actionRecord(asker(body.by), { silence })], actor: credential })
        return okAnswer({ id })
      })
    return withJson(request, { tenant, intake, schema: overrideSchema }, async (body) => {
      const { overrideId: id, override } = overridePart(body, request.receivedAtMs)
      await intake.write(tenant, { actions: [actionRecord(asker(body.by), { override })], actor: credential })
      return okAnswer({ id })
    })
  }

  refuse(thrown: unknown): HttpAnswer {
    return errorAnswer(thrown)
  }
}

/** DELETE /api/v1/silences/{id} and /api/v1/overrides/{id}: ends it now. */
export class ExpireEndpoint implements HttpEndpoint {
  readonly door: string
  readonly methods = ['DELETE']
  readonly #intake: AlertDoor
  readonly #kind: Kind

  constructor(intake: AlertDoor, kind: Kind) {
    this.#intake = intake
    this.#kind = kind
    this.door = kind
  }

  async take(request: EndpointRequest): Promise<HttpAnswer> {
    const { tenant, by } = askerOf(request)
    const id = decodeURIComponent((request.raw.url ?? '').split('?', 1)[0]?.split('/').at(-1) ?? '')
    const asker = { tenant: tenant.tenant, by, source: 'api', nowMs: request.receivedAtMs }
    const part =
      this.#kind === 'silences' ? { expireSilence: { silenceId: id } } : { expireOverride: { overrideId: id } }
    this.#intake.turnAway(tenant)
    await this.#intake.write(tenant, { actions: [actionRecord(asker, part)], actor: by })
    return okAnswer({ id })
  }

  refuse(thrown: unknown): HttpAnswer {
    return errorAnswer(thrown)
  }
}
