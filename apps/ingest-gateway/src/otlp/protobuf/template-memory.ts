import type { BodyTemplate } from './body-template.ts'

/** Whose client has not sent for so long makes room for others. Those that are of use stay: there is no room to be won by exchanging them by turns. */
const IDLE_MS = 60_000
/** Making one for which there is no room costs as much as another: it is tried once in so long. */
const FULL_MS = 1000
const DEFAULT_MAX_BYTES = 16 * 1024 * 1024

/** Who has templates: a tenant. */
export interface TemplateOwner {
  /** The template is given back, and its memory shall be free. */
  forget(template: BodyTemplate): void
}

/** The memory of all templates, bounded together, and divided fairly among those who have them: tenants. */
export class TemplateMemory {
  readonly #maxBytes: number
  readonly #owners = new Map<BodyTemplate, TemplateOwner>()
  readonly #bytesOf = new Map<TemplateOwner, number>()
  #bytes = 0
  #fullUntilMs = 0

  constructor(maxBytes = DEFAULT_MAX_BYTES) {
    this.#maxBytes = maxBytes
  }

  /** Bytes that are held. */
  get sizeBytes(): number {
    return this.#bytes
  }

  /** False for a while after there was no room. */
  hasRoom(nowMs: number): boolean {
    return nowMs >= this.#fullUntilMs
  }

  /** False when it does not fit, nobody is idle, and nobody has twice what its owner would have then. */
  borrow(template: BodyTemplate, owner: TemplateOwner, nowMs: number): boolean {
    if (!this.#makeRoom(template.sizeBytes, owner, nowMs)) {
      this.#fullUntilMs = nowMs + FULL_MS
      return false
    }
    template.usedAtMs = nowMs
    this.#owners.set(template, owner)
    this.#add(owner, template.sizeBytes)
    return true
  }

  giveBack(template: BodyTemplate): void {
    const owner = this.#owners.get(template)
    if (owner === undefined) return
    this.#owners.delete(template)
    this.#add(owner, -template.sizeBytes)
    owner.forget(template)
  }

  #add(owner: TemplateOwner, bytes: number): void {
    const held = (this.#bytesOf.get(owner) ?? 0) + bytes
    if (held === 0) this.#bytesOf.delete(owner)
    else this.#bytesOf.set(owner, held)
    this.#bytes += bytes
  }

  #makeRoom(bytes: number, owner: TemplateOwner, nowMs: number): boolean {
    if (this.#bytes + bytes <= this.#maxBytes) return true
    for (const template of this.#owners.keys()) if (nowMs - template.usedAtMs > IDLE_MS) this.giveBack(template)
    const wanted = (this.#bytesOf.get(owner) ?? 0) + bytes
    while (this.#bytes + bytes > this.#maxBytes) {
      const [largest, held] = this.#largest()
      if (largest === undefined || held < 2 * wanted) return false
      this.#giveBackOldestOf(largest)
    }
    return true
  }

  #largest(): readonly [owner: TemplateOwner | undefined, bytes: number] {
    const none: readonly [TemplateOwner | undefined, number] = [undefined, 0]
    return [...this.#bytesOf].reduce((one, other) => (other[1] > one[1] ? other : one), none)
  }

  #giveBackOldestOf(owner: TemplateOwner): void {
    const own = [...this.#owners].filter((entry) => entry[1] === owner).map(([template]) => template)
    const [oldest] = own.toSorted((one, other) => one.usedAtMs - other.usedAtMs)
    if (oldest !== undefined) this.giveBack(oldest)
  }
}
