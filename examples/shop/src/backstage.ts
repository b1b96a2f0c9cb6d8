import type { Gauges } from './instruments.ts'
import type { Shop } from './shop.ts'

const USUAL_WAITING = 12
const USUAL_DISK = 0.62
/** What the failing payments' debug log takes of the volume, a reading. */
const DISK_GROWTH = 0.006

/**
 * What goes on behind the counter, a step a reading: a model that judges payments, orders that wait for the packers, a disk that the log
 * fills and a nightly job empties. In trouble the model sees what it was not trained on, the packers wait, and the log grows.
 */
export class Backstage {
  readonly #random: () => number
  readonly #inTrouble: () => boolean
  #waiting = USUAL_WAITING
  #disk = USUAL_DISK

  /** `random` gives 0 ≤ x < 1. */
  constructor(random: () => number, inTrouble: () => boolean) {
    this.#random = random
    this.#inTrouble = inTrouble
  }

  confidence(): number {
    return (this.#inTrouble() ? 0.74 : 0.92) + 0.015 * this.#normal()
  }

  waitingOrders(): number {
    const packed = this.#inTrouble() ? 0 : (this.#waiting - USUAL_WAITING) * 0.3
    const came = this.#inTrouble() ? 4 : 0
    this.#waiting = Math.max(0, this.#waiting + came - packed + this.#normal())
    return Math.round(this.#waiting)
  }

  diskUtilization(): number {
    this.#disk = this.#inTrouble() ? this.#disk + DISK_GROWTH : this.#disk + (USUAL_DISK - this.#disk) * 0.05
    return Math.min(1, this.#disk + 0.0005 * this.#normal())
  }

  #normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.#random())) * Math.cos(2 * Math.PI * this.#random())
  }
}

/** All that the shop's gauges are asked for. */
export function gaugesOf(shop: Shop, backstage: Backstage): Gauges {
  return {
    *stock() {
      for (const [product, pieces] of shop.stock()) yield [pieces, { 'product.id': product }]
    },
    confidence: () => backstage.confidence(),
    waitingOrders: () => backstage.waitingOrders(),
    diskUtilization: () => backstage.diskUtilization(),
  }
}
