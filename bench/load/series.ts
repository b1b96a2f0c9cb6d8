/** The same 1,000 series for every door: 50 metrics of 20 series with four labels, as a web server's instrumentation makes them. */
export interface BenchSeries {
  /** Without dots: the same name in every protocol. */
  readonly name: string
  readonly labels: readonly (readonly [key: string, value: string])[]
}

const PER_METRIC = 20
const METHODS = ['GET', 'POST', 'PUT', 'DELETE']
const STATUSES = ['200', '201', '400', '404', '500']

export function benchSeries(count: number, client: number): BenchSeries[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `http_server_request_duration_${Math.floor(index / PER_METRIC)}`,
    labels: [
      ['host', `host-${client}-${index % 10}.example.internal`],
      ['method', METHODS[index % METHODS.length] ?? ''],
      ['route', `/api/v1/resource/${index}`],
      ['status', STATUSES[index % STATUSES.length] ?? ''],
    ],
  }))
}
