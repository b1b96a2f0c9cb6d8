import { actionRecord, checkLink } from '@pegel/alerting'
import type { Asker, LinkClaim } from '@pegel/alerting'
import { PegelError } from '@pegel/errors'
import type { TenantConfig, TenantDirectory } from '@pegel/tenancy'
import { gatewayErrors } from '../../errors.ts'
import { alertsErrors } from '../../alerts/index.ts'
import type { AlertDoor } from '../../alerts/index.ts'
import { refusalOf } from '../meanings.ts'
import type { EndpointRequest, HttpAnswer, HttpEndpoint } from '../http/http-endpoint.ts'
import { confirmPage, donePage, failedPage } from './act-page.ts'
import { ALERT_MEANINGS } from './answers.ts'

export interface ActOptions {
  readonly intake: AlertDoor
  readonly tenants: Pick<TenantDirectory, 'current'>
  /** Undefined: links are off. */
  readonly secret: string | undefined
}

const SILENCE_MS = 4 * 3_600_000
/** A page of its own, that nobody may frame, keep or be told the address of. */
const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
}

/**
 * /alerts/act?token=…: a link of a message. GET only asks, so that programs which follow links in mails acknowledge nothing; POST acts.
 * The token is the credential: it allows one thing and nothing else.
 */
export class ActEndpoint implements HttpEndpoint {
  readonly door = 'alert_links'
  readonly methods = ['GET', 'POST']
  readonly #options: ActOptions

  constructor(options: ActOptions) {
    this.#options = options
  }

  async take(request: EndpointRequest): Promise<HttpAnswer> {
    const claim = this.#claimOf(request)
    const tenant = this.#tenantOf(claim)
    if (request.raw.method !== 'POST') return page(200, confirmPage(claim))
    this.#options.intake.turnAway(tenant)
    const by = claim.person === '' ? 'link' : claim.person
    const asker: Asker = { tenant: claim.tenant, by, source: 'link', nowMs: request.receivedAtMs }
    const action = actionRecord(asker, partOf(claim, request.receivedAtMs))
    await this.#options.intake.write(tenant, { actions: [action], actor: by })
    return page(200, donePage(claim))
  }

  refuse(thrown: unknown): HttpAnswer {
    const { error, meaning } = refusalOf(thrown, ALERT_MEANINGS)
    return { ...page(meaning.status, failedPage(error instanceof PegelError ? error.message : '')), code: error.code }
  }

  /** @throws alertsErrors.links_off, link_invalid, link_expired */
  #claimOf(request: EndpointRequest): LinkClaim {
    const { secret } = this.#options
    if (secret === undefined) throw alertsErrors.links_off()
    const checked = checkLink(request.query.get('token') ?? '', secret, request.receivedAtMs)
    if (checked.status === 'valid') return checked.claim
    throw checked.status === 'expired' ? alertsErrors.link_expired() : alertsErrors.link_invalid()
  }

  #tenantOf({ tenant }: LinkClaim): TenantConfig {
    const found = this.#options.tenants.current(tenant)
    if (found.status !== 'active') throw gatewayErrors.tenant_forbidden({ tenant })
    return found.config
  }
}

function partOf({ action, group: target, occurrenceMs, labels = {} }: LinkClaim, nowMs: number): object {
  if (action !== 'silence') return { [action]: { target, note: '', occurrenceMs } }
  const matchers = Object.entries(labels).map(([name, value]) => ({ name, operator: '=', value }))
  // The same link used twice changes the same silence.
  const silenceId = `link-${target}-${occurrenceMs}`
  return { silence: { silenceId, matchers, startsAtMs: nowMs, endsAtMs: nowMs + SILENCE_MS, comment: 'by a link' } }
}

function page(status: number, html: string): HttpAnswer {
  return { status, headers: HEADERS, body: Buffer.from(html), code: 'ok' }
}
