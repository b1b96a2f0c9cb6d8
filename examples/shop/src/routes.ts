import type { Instruments } from './instruments.ts'
import type { CheckoutResult, Shop } from './shop.ts'

export interface Answer {
  readonly status: number
  readonly body: unknown
}

export interface Route {
  readonly method: 'GET' | 'POST'
  readonly path: string
  /** Median of the simulated work; the tail of the log-normal is as long as real ones. */
  readonly medianMs: number
  handle(visitor: string, query: URLSearchParams): Answer
}

const CHECKOUT_STATUS: Readonly<Record<CheckoutResult['status'], number>> = {
  paid: 201,
  declined: 402,
  empty_cart: 409,
  failed: 500,
}

/** @param inTrouble while it is true, the payment service lets everybody wait */
export function createRoutes(shop: Shop, instruments: Instruments, inTrouble: () => boolean = () => false): Route[] {
  return [
    { method: 'GET', path: '/', medianMs: 4, handle: () => ({ status: 200, body: { shop: 'Gauges and more' } }) },
    { method: 'GET', path: '/products', medianMs: 15, handle: () => ({ status: 200, body: shop.products }) },
    {
      method: 'POST',
      path: '/cart',
      medianMs: 10,
      handle(visitor, query) {
        const first = shop.addToCart(visitor, query.get('product') ?? '')
        if (first === undefined) return { status: 404, body: { error: 'no such product' } }
        if (first) instruments.openCarts.add(1)
        return { status: 200, body: { added: query.get('product') } }
      },
    },
    {
      method: 'POST',
      path: '/checkout',
      get medianMs() {
        return inTrouble() ? 400 : 60
      },
      handle(visitor, query) {
        const result = shop.checkout(visitor)
        const method = query.get('method') === 'card' ? 'card' : 'transfer'
        instruments.orders.add(1, { 'order.status': result.status, 'payment.method': method })
        if (result.status === 'paid') {
          instruments.openCarts.add(-1)
          instruments.revenue.add(result.total, { 'payment.method': method })
        }
        return { status: CHECKOUT_STATUS[result.status], body: result }
      },
    },
  ]
}
