import { defineErrors } from '@pegel/errors'

export const influxdbErrors = defineErrors('influxdb', {
  organisation_unknown: {
    retryable: true,
    text: 'InfluxDB knows no organisation {org} that the token may see; check PEGEL_INFLUXDB_ORG and PEGEL_INFLUXDB_TOKEN.',
  },
  write_denied: {
    retryable: true,
    text: 'InfluxDB lets the token not write to bucket {bucket}: {message}; check PEGEL_INFLUXDB_TOKEN.',
  },
  bucket_failed: { retryable: true, text: 'Bucket {bucket} could not be made: {message}' },
  unreachable: { retryable: true, text: 'InfluxDB does not answer at {url}: {message}; check PEGEL_INFLUXDB_URL.' },
})
