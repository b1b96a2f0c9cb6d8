import type { Instruments } from '../../../examples/shop/src/instruments.ts'
import type { Route } from '../../../examples/shop/src/routes.ts'
import { workMs } from '../../../examples/shop/src/server.ts'
import type { Product } from '../../../examples/shop/src/shop.ts'

/** What a visitor does next: waits, or asks for something. */
export type Step =
  { readonly pauseMs: number } | { readonly method: string; readonly path: string; readonly query?: string }

/** The HTTP stack's share of a request on an idle machine; the shop's own is the route's work. */
const OVERHEAD_MS = 1.5

/** As examples/shop/src/visitors.ts does it, without a network: comes, looks, buys or leaves, and comes again. */
export function* visitor(products: readonly Product[], random: () => number): Generator<Step, never, undefined> {
  const pause = (): Step => ({ pauseMs: 20 + random() * 200 })
  for (;;) {
    yield { method: 'GET', path: '/' }
    yield pause()
    yield { method: 'GET', path: '/products' }
    if (random() < 0.05) yield { method: 'GET', path: '/wp-login.php' }
    while (random() < 0.6) {
      yield pause()
      const product = products[Math.floor(random() * products.length)]
      yield { method: 'POST', path: '/cart', query: `product=${product?.id ?? ''}` }
    }
    if (random() < 0.7) {
      yield { method: 'POST', path: '/checkout', query: `method=${random() < 0.8 ? 'card' : 'transfer'}` }
    }
    yield pause()
  }
}

/** Serves a step as the shop's server does and measures it the same; gives how long it takes, ms. */
export function serve(
  step: Step,
  who: string,
  shop: { readonly routes: readonly Route[]; readonly instruments: Instruments },
): number {
  if ('pauseMs' in step) return step.pauseMs
  const { routes, instruments } = shop
  const route = routes.find(({ method, path }) => method === step.method && path === step.path)
  const tookMs = OVERHEAD_MS + (route === undefined ? 0 : workMs(route.medianMs))
  const status = route?.handle(who, new URLSearchParams(step.query)).status ?? 404
  instruments.requestDuration.record(tookMs / 1000, {
    'http.request.method': step.method,
    'url.scheme': 'http',
    ...(route === undefined ? {} : { 'http.route': route.path }),
    'http.response.status_code': status,
  })
  return tookMs
}
