import { formatMatcher } from '@pegel/tenancy'
import type { Matcher, RouteConfig } from '@pegel/tenancy'
import type { Labels } from '../labels.ts'
import { compileMatchers } from '../matching.ts'
import type { LabelTest } from '../matching.ts'

export interface Route {
  readonly config: RouteConfig
  /** Matchers from the root down, as Alertmanager prints them: `{}/{severity="critical"}`. */
  readonly key: string
  readonly children: readonly Route[]
  readonly test: LabelTest
}

/** Compiles a tree. Siblings with the same matchers are told apart by `#2`, `#3` …, which Alertmanager does not do. */
export function compileRoutes(config: RouteConfig, key = keyOf(config.matchers)): Route {
  const seen = new Map<string, number>()
  const children = config.routes.map((child) => {
    const own = keyOf(child.matchers)
    const count = (seen.get(own) ?? 0) + 1
    seen.set(own, count)
    return compileRoutes(child, `${key}/${own}${count === 1 ? '' : `#${count}`}`)
  })
  return { config, key, children, test: compileMatchers(config.matchers) }
}

function keyOf(matchers: readonly Matcher[]): string {
  const sorted = matchers.toSorted(
    (a, b) => compare(a.name, b.name) || compare(a.value, b.value) || compare(a.operator, b.operator),
  )
  return `{${sorted.map(formatMatcher).join(',')}}`
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** The routes that take an alert: the deepest ones that match, the first of siblings unless it says `continue`. */
export function matchRoutes(route: Route, labels: Labels): readonly Route[] {
  if (!route.test(labels)) return []
  const found: Route[] = []
  for (const child of route.children) {
    const matched = matchRoutes(child, labels)
    found.push(...matched)
    if (matched.length > 0 && !child.config.continue) break
  }
  return found.length === 0 ? [route] : found
}

/** Every route of the tree, the root first. */
export function allRoutes(route: Route): readonly Route[] {
  return [route, ...route.children.flatMap(allRoutes)]
}
