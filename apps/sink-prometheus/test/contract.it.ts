import { gauge, requirePrometheus, sinkContract } from '@pegel/testing'
import { rawSamples } from './prometheus-backend.ts'
import { testSink } from './test-sink.ts'

const HOUR_MS = 3_600_000

sinkContract({
  name: 'prometheus',
  backendUrl: requirePrometheus,
  create: testSink,
  backend: { read: (tenant) => rawSamples({ selector: `{tenant="${tenant}"}` }) },
  // Its check is an empty write.
  isWrite: ({ method, sizeBytes }) => method === 'POST' && sizeBytes > 8,
  // Older than the receiver's out-of-order window; their neighbours in the request are new.
  refusedCase: (nowMs) => ({
    before: [],
    series: [
      gauge('contract_refused', [[nowMs - 60_000, 1]], { attributes: { host: 'a' } }),
      gauge('contract_refused', [[nowMs - 5 * HOUR_MS, 2]], { attributes: { host: 'b' } }),
      gauge('contract_refused', [[nowMs - 60_000, 3]], { attributes: { host: 'c' } }),
      gauge('contract_refused', [[nowMs - 6 * HOUR_MS, 4]], { attributes: { host: 'd' } }),
    ],
    refused: [1, 3],
    reason: 'too_old',
  }),
})
