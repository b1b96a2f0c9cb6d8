import type { Gauges } from './instruments.ts'
import type { Presence } from './presence.ts'
import type { Shop } from './shop.ts'

const USUAL_WAITING = 12
/** Of the volume with the order log: when it was emptied last, and what a day takes of it. */
const EMPTIED_DISK = 0.45
const DISK_A_DAY = 0.4
/** What the failing payments' debug log takes of it, a reading. */
const DEBUG_LOG = 0.002

export interface BackstageOptions {
  /** 0 ≤ x < 1. */
  readonly random: () => number
  readonly inTrouble: () => boolean
  /** Since the order log was emptied last. */
  readonly hours: () => number
}

/**
 * What goes on behind the counter, a step a reading: a model that judges payments, orders that wait for the packers, a disk that the log
 * fills by and by. In trouble the model sees what it was not trained on, the packers wait, and the log grows.
 */
export class Backstage {
  readonly #random: () => number
  readonly #inTrouble: () => boolean
  readonly #hours: () => number
  #waiting = USUAL_WAITING
  #debugLog = 0

  constructor({ random, inTrouble, hours }: BackstageOptions) {
    this.#random = random
    this.#inTrouble = inTrouble
    this.#hours = hours
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
    if (this.#inTrouble()) this.#debugLog += DEBUG_LOG
    return Math.min(1, EMPTIED_DISK + (DISK_A_DAY * this.#hours()) / 24 + this.#debugLog + 0.0005 * this.#normal())
  }

  #normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.#random())) * Math.cos(2 * Math.PI * this.#random())
  }
}

/** All that the shop's gauges are asked for. */
export function gaugesOf(shop: Shop, backstage: Backstage, presence: Presence): Gauges {
  return {
    *stock() {
      for (const [product, pieces] of shop.stock()) yield [pieces, { 'product.id': product }]
    },
    activeUsers: () => presence.active(),
    confidence: () => backstage.confidence(),
    waitingOrders: () => backstage.waitingOrders(),
    diskUtilization: () => backstage.diskUtilization(),
  }
}
