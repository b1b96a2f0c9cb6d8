import { gauge, requireInfluxdb, sinkContract } from '@pegel/testing'
import { SHARED_BUCKET } from '../src/placement.ts'
import { createSink, RETENTION_DAYS, rowsOf, seriesOf } from './influxdb.ts'

const DAY_MS = 86_400_000

sinkContract({
  name: 'influxdb',
  backendUrl: () => requireInfluxdb().url,
  create: ({ url }) => createSink({ PEGEL_INFLUXDB_URL: url }),
  backend: { read: async (tenant) => seriesOf(await rowsOf(SHARED_BUCKET, tenant)) },
  isWrite: ({ path }) => path.startsWith('/api/v2/write'),
  refusedCase: (nowMs) => {
    const [now, old] = [nowMs - 60_000, nowMs - (RETENTION_DAYS + 1) * DAY_MS]
    const attributes = { host: 'a' }
    return {
      before: [gauge('contract_refused', [[now - 1000, 1]], { attributes })],
      series: [
        gauge(
          'contract_refused',
          [
            [old, 2],
            [now, 3],
            [old + 1000, 4],
          ],
          { attributes },
        ),
        gauge(
          'contract_refused',
          [
            [now, 5],
            [old, 6],
          ],
          { attributes: { host: 'b' } },
        ),
      ],
      refused: [0, 2, 4],
      reason: 'beyond_retention',
    }
  },
})
