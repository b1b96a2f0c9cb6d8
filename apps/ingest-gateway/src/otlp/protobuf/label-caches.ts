import { TenantCaches } from '../../ingest/tenant-caches.ts'
import { LabelCache } from './label-cache.ts'

/** The label caches of all tenants, bounded together. */
export class LabelCaches extends TenantCaches<LabelCache> {
  constructor(maxSize: number) {
    super(maxSize, (limits) => new LabelCache(limits))
  }
}
