import { Catalogue } from './catalogue.ts'
import { addAgentMetrics, addJsonSets, addShopMetrics } from './delivered-metrics.ts'
import { addOwnMetrics } from './own-metrics.ts'

export type { Catalogue } from './catalogue.ts'

/** All that stands in Prometheus when Pegel, its agent and the sample shop work, by the code that makes it. */
export async function wholeCatalogue(): Promise<Catalogue> {
  const catalogue = new Catalogue()
  await addOwnMetrics(catalogue)
  await addAgentMetrics(catalogue)
  await addShopMetrics(catalogue)
  addJsonSets(catalogue)
  return catalogue
}
