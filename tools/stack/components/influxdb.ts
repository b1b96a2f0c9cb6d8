import { randomBytes } from 'node:crypto'
import { clientEnvironment, influxDefaults } from '../environment.ts'
import { StartFailed } from '../errors.ts'
import { influxd } from '../install/influxd.ts'
import type { StartLocal } from './component.ts'
import { influxToken } from './influx-token.ts'
import { startLocalHttp } from './local-http.ts'

/** First start of an empty data directory: user, organisation, bucket and operator token. Later starts find them there. */
async function setUp(url: string, token: string): Promise<void> {
  const { user, org, bucket } = influxDefaults
  const response = await fetch(`${url}/api/v2/setup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: user, password: randomBytes(18).toString('base64url'), org, bucket, token }),
  })
  const body = await response.text()
  // 422: it was set up by an earlier start that was killed before it could note the token's use.
  if (response.status !== 201 && response.status !== 422) {
    throw new StartFailed(`InfluxDB refused its setup: HTTP ${response.status} ${body}`)
  }
}

export const startInfluxDb: StartLocal = async (options) => {
  const command = await influxd(options.which, options.onProgress)
  const token = influxToken(options.dataDir, options.token)
  const running = await startLocalHttp({
    name: 'influxdb',
    options,
    command,
    args: (port) => [
      'run',
      `--http-bind-address=127.0.0.1:${port}`,
      '--bolt-path=influxd.bolt',
      '--sqlite-path=influxd.sqlite',
      '--engine-path=engine',
      '--reporting-disabled',
      '--log-level=warn',
      ...(options.config?.flags ?? []),
    ],
  })
  try {
    await setUp(running.url, token)
  } catch (error) {
    await running.stop()
    throw error
  }
  return { ...running, env: clientEnvironment('influxdb', running.url, { token, org: influxDefaults.org }) }
}
