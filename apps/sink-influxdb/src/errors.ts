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
  not_ready: {
    retryable: true,
    text: 'InfluxDB at {url} does not answer as it should: {message}; check PEGEL_INFLUXDB_URL and PEGEL_INFLUXDB_TOKEN.',
  },
})
