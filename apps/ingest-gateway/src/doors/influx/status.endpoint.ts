import type { IncomingMessage } from 'node:http'
import { gatewayErrors } from '../../errors.ts'
import type { EndpointRequest, HttpAnswer, HttpEndpoint } from '../http/http-endpoint.ts'
import { errorAnswer, IDENTITY } from './answers.ts'
import type { Dialect } from './dialect.ts'

/** Clients ask before their first write, without a key: `/ping` wants 204 and the version, `/health` this document. */
export class StatusEndpoint implements HttpEndpoint {
  readonly door = 'influx'
  readonly methods = ['GET', 'HEAD']
  readonly #answer: HttpAnswer

  constructor(what: 'ping' | 'health') {
    const health = {
      name: 'influxdb',
      message: 'ready for queries and writes',
      status: 'pass',
      checks: [],
      version: IDENTITY['x-influxdb-version'],
      commit: 'pegel',
    }
    this.#answer =
      what === 'ping'
        ? { status: 204, headers: IDENTITY, body: Buffer.alloc(0), code: 'ok' }
        : {
            status: 200,
            headers: { ...IDENTITY, 'content-type': 'application/json; charset=utf-8' },
            body: Buffer.from(JSON.stringify(health)),
            code: 'ok',
          }
  }

  take(): Promise<HttpAnswer> {
    return Promise.resolve(this.#answer)
  }

  refuse(thrown: unknown): HttpAnswer {
    return errorAnswer('v2', thrown)
  }
}

/** The rest of InfluxDB's API: Pegel takes points and answers no queries. */
export class AbsentEndpoint implements HttpEndpoint {
  readonly door = 'influx'
  readonly methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
  readonly #dialect: Dialect

  constructor(dialect: Dialect) {
    this.#dialect = dialect
  }

  take({ raw }: EndpointRequest): Promise<HttpAnswer> {
    return Promise.reject(gatewayErrors.not_found({ path: pathOf(raw) }))
  }

  refuse(thrown: unknown): HttpAnswer {
    return errorAnswer(this.#dialect, thrown)
  }
}

function pathOf({ url = '' }: IncomingMessage): string {
  return url.split('?', 1)[0] ?? ''
}
