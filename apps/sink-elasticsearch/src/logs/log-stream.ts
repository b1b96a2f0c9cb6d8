/** A tenant's data stream, by the naming scheme of Elasticsearch: type, dataset, namespace. No tenant id and no dataset has a hyphen. */
export function logStreamOf(dataset: string, tenant: string): string {
  return `logs-${dataset}-${tenant}`
}

export function logPatternOf(dataset: string): string {
  return `logs-${dataset}-*`
}
