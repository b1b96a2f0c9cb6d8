/** What is known of how a receiver treats a request with a bad sample in it. */
export type Flavour = 'prometheus' | 'mimir' | 'cortex' | 'victoriametrics'
export const FLAVOURS = ['auto', 'prometheus', 'mimir', 'cortex', 'victoriametrics'] as const

/** Mimir and Cortex store the good samples of a request that they refuse; Prometheus rolls it back; VictoriaMetrics refuses nothing. */
export function keepsRest(flavour: Flavour): boolean {
  return flavour === 'mimir' || flavour === 'cortex'
}

/** Paths that receivers write at, most telling first. */
const PATHS: readonly (readonly [suffix: string, flavour: Flavour])[] = [
  ['/api/v1/push', 'mimir'],
  ['/api/prom/push', 'cortex'],
  ['/api/v1/write', 'prometheus'],
]

/**
 * The flavour that an address tells of; undefined when it does not. Being wrong costs requests and no data: what is taken for Prometheus is
 * halved until the refused samples stand alone, which finds them at any receiver.
 */
export function flavourOf(url: URL): Flavour | undefined {
  return PATHS.find(([suffix]) => url.pathname.endsWith(suffix))?.[1]
}

/** The address to write to: as given when its path is one that receivers write at, else the flavour's path below it. */
export function writeUrl(base: string, flavour: Flavour): URL {
  const url = new URL(base)
  if (flavourOf(url) !== undefined) return url
  const path = flavour === 'mimir' || flavour === 'cortex' ? '/api/v1/push' : '/api/v1/write'
  url.pathname = url.pathname.replace(/\/+$/, '') + path
  return url
}
