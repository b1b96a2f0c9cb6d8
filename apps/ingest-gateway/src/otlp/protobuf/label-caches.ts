import { TenantCaches } from '../../ingest/tenant-caches.ts'
import { LabelCache } from './label-cache.ts'
import { TemplateMemory } from './template-memory.ts'

/** The label caches of all tenants, bounded together. */
export class LabelCaches extends TenantCaches<LabelCache> {
  /** @param templateBytes memory for bodies that clients send again and again */
  constructor(maxSize: number, templateBytes?: number) {
    const memory = new TemplateMemory(templateBytes)
    super(maxSize, (limits) => new LabelCache(limits, memory))
  }
}
