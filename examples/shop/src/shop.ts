export interface Product {
  readonly id: string
  readonly name: string
  readonly price: number
}

const PRODUCTS: readonly Product[] = [
  { id: 'tide-table', name: 'Tide table', price: 12.5 },
  { id: 'rain-gauge', name: 'Rain gauge', price: 34.9 },
  { id: 'barometer', name: 'Barometer', price: 89 },
  { id: 'staff-gauge', name: 'Staff gauge, 1 m', price: 59.95 },
  { id: 'rubber-boots', name: 'Rubber boots', price: 44.4 },
  { id: 'sandbag', name: 'Sandbag', price: 2.2 },
]
const FULL_SHELF = 200
const REORDER_BELOW = 20

export type CheckoutResult =
  { readonly status: 'paid'; readonly total: number } | { readonly status: 'declined' | 'empty_cart' | 'failed' }

/** What the shop knows: shelves and carts, in memory. `random` gives 0 ≤ x < 1. */
export class Shop {
  readonly products = PRODUCTS
  readonly #stock = new Map(PRODUCTS.map((product) => [product.id, FULL_SHELF]))
  readonly #carts = new Map<string, Product[]>()
  readonly #random: () => number
  readonly #inTrouble: () => boolean

  /** @param inTrouble while it is true, most payments break */
  constructor(random: () => number = Math.random, inTrouble: () => boolean = () => false) {
    this.#random = random
    this.#inTrouble = inTrouble
  }

  stock(): ReadonlyMap<string, number> {
    return this.#stock
  }

  /** True when this is the first thing in the visitor's cart; undefined when there is no such product or none left. */
  addToCart(visitor: string, productId: string): boolean | undefined {
    const product = PRODUCTS.find(({ id }) => id === productId)
    const left = this.#stock.get(productId) ?? 0
    if (product === undefined || left === 0) return undefined
    this.#stock.set(productId, left - 1 < REORDER_BELOW ? FULL_SHELF : left - 1)
    const cart = this.#carts.get(visitor)
    if (cart === undefined) this.#carts.set(visitor, [product])
    else cart.push(product)
    return cart === undefined
  }

  /** The payment service declines some and, rarely, breaks; the cart stays unless it was paid. */
  checkout(visitor: string): CheckoutResult {
    const cart = this.#carts.get(visitor)
    if (cart === undefined) return { status: 'empty_cart' }
    const luck = this.#random()
    if (luck < (this.#inTrouble() ? 0.7 : 0.01)) return { status: 'failed' }
    if (luck < 0.05) return { status: 'declined' }
    this.#carts.delete(visitor)
    return { status: 'paid', total: cart.reduce((sum, product) => sum + product.price, 0) }
  }
}
