import { defineErrors } from '@pegel/errors'

export const elasticsearchErrors = defineErrors('elasticsearch', {
  write_denied: {
    retryable: true,
    text: 'Elasticsearch lets these credentials not write to {stream}: {message}; check PEGEL_ELASTICSEARCH_API_KEY or _USERNAME and _PASSWORD.',
  },
  template_failed: { retryable: true, text: 'Index template {template} could not be made: {message}' },
  stream_failed: { retryable: true, text: 'Data stream {stream} could not be made: {message}' },
})
