import type { BatchHead } from '../src/seal-batch.ts'

/** What a gateway says of a batch of which it refused a point. */
export const BATCH_HEAD: BatchHead = {
  tenant: 'acme',
  batchId: Buffer.alloc(16, 7),
  configVersion: 3,
  receivedAtMs: 1_700_000_000_000,
  protocol: 'otlp_http',
  received: 201,
  refused: [{ reason: 'too_old', count: 1 }],
  source: null,
}
