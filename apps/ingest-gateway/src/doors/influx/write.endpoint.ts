import { LineReport, decodeLines } from '../../line-protocol/index.ts'
import type { LineCaches } from '../../line-protocol/index.ts'
import type { BehindDoors } from '../door.ts'
import type { EndpointRequest, HttpAnswer, HttpEndpoint } from '../http/http-endpoint.ts'
import { errorAnswer, writeAnswer } from './answers.ts'
import type { Dialect } from './dialect.ts'
import { precisionOf, tenantOf } from './write-target.ts'

export interface WriteEndpointOptions extends Pick<BehindDoors, 'ingest'> {
  readonly lines: LineCaches
  readonly dialect: Dialect
}

/** POST /api/v2/write of InfluxDB 2 and POST /write of 1.x. Content-Type is not looked at: InfluxDB does not, and clients differ. */
export class WriteEndpoint implements HttpEndpoint {
  readonly door = 'influx'
  readonly methods = ['POST']
  readonly #options: WriteEndpointOptions

  constructor(options: WriteEndpointOptions) {
    this.#options = options
  }

  async take(request: EndpointRequest): Promise<HttpAnswer> {
    const { ingest, lines, dialect } = this.#options
    const { receivedAtMs, query } = request
    const tenant = tenantOf(request, dialect)
    const precision = precisionOf(query, dialect)
    return request.withBody(tenant, ingest, async (body) => {
      let report = new LineReport()
      const answer = await ingest.submit({
        tenant,
        protocol: 'influx',
        receivedAtMs,
        bytes: body.length,
        decode: (points) => {
          report = decodeLines(body, points, { cache: lines.of(tenant), precision, receivedAtMs })
        },
      })
      return writeAnswer(dialect, answer, report)
    })
  }

  refuse(thrown: unknown): HttpAnswer {
    return errorAnswer(this.#options.dialect, thrown)
  }
}
