import { describe, expect, it } from '@jest/globals'
import { Shop } from './shop.ts'

const lucky = (): number => 0.9

describe('Shop', () => {
  it('sells what is in the cart, once', () => {
    const shop = new Shop(lucky)
    expect(shop.addToCart('ann', 'barometer')).toBe(true)
    expect(shop.addToCart('ann', 'sandbag')).toBe(false)
    expect(shop.checkout('ann')).toEqual({ status: 'paid', total: 91.2 })
    expect(shop.checkout('ann')).toEqual({ status: 'empty_cart' })
  })

  it('keeps the cart when the payment is declined or the service breaks', () => {
    const luck = [0.001, 0.03, 0.9]
    const shop = new Shop(() => luck.shift() ?? 1)
    shop.addToCart('ann', 'sandbag')
    expect(shop.checkout('ann').status).toBe('failed')
    expect(shop.checkout('ann').status).toBe('declined')
    expect(shop.checkout('ann').status).toBe('paid')
  })

  it('keeps visitors apart and refuses what it does not sell', () => {
    const shop = new Shop(lucky)
    shop.addToCart('ann', 'sandbag')
    expect(shop.addToCart('bob', 'submarine')).toBeUndefined()
    expect(shop.checkout('bob').status).toBe('empty_cart')
  })

  it('takes pieces off the shelf and reorders in time', () => {
    const shop = new Shop(lucky)
    const seen = Array.from({ length: 400 }, () => {
      shop.addToCart('ann', 'sandbag')
      return shop.stock().get('sandbag') ?? 0
    })
    expect(seen[0]).toBe(199)
    expect(Math.min(...seen)).toBe(20)
    expect(Math.max(...seen)).toBe(200)
  })
})
