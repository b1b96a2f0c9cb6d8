import type { ComponentName } from '../types.ts'

const paths: Record<Exclude<ComponentName, 'kafka' | 'mosquitto'>, string> = {
  elasticsearch: '/_cluster/health?wait_for_status=yellow&timeout=1s',
  influxdb: '/health',
  victoriametrics: '/health',
  prometheus: '/-/ready',
  alertmanager: '/-/ready',
  prometheus3: '/-/ready',
}

const timeoutMs = 3_000

/** fetch refuses credentials inside a URL; they go into a header instead. */
function splitCredentials(address: string): { url: URL; headers: Record<string, string> } {
  const url = new URL(address)
  if (url.username === '') return { url, headers: {} }
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`
  url.username = ''
  url.password = ''
  return { url, headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } }
}

/** Resolves when the component says that it is ready. One that asks for other credentials does answer, too. */
export async function probeHttp(name: ComponentName, address: string): Promise<void> {
  if (name === 'kafka' || name === 'mosquitto') throw new TypeError(`${name} does not speak HTTP`)
  const { url, headers } = splitCredentials(address + paths[name])
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(timeoutMs) })
  await response.arrayBuffer() // a body left unread would hold the connection
  if (!response.ok && response.status !== 401 && response.status !== 403) throw new Error(`HTTP ${response.status}`)
}
