import { sinkProcess } from '@pegel/testing'
import { SHARED_BUCKET } from '../src/placement.ts'
import { rowsOf, seriesOf, settings } from './influxdb.ts'

sinkProcess({
  name: 'influxdb',
  env: () => {
    const { PEGEL_INFLUXDB_URL, PEGEL_INFLUXDB_TOKEN, PEGEL_INFLUXDB_ORG } = settings()
    return { PEGEL_INFLUXDB_URL, PEGEL_INFLUXDB_TOKEN, PEGEL_INFLUXDB_ORG }
  },
  read: async (tenant) => seriesOf(await rowsOf(SHARED_BUCKET, tenant)),
})
