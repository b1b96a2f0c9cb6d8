import type { BodyTemplate } from './body-template.ts'

/** Whose client has not sent for so long makes room for others. Those that are of use stay: there is no room to be won by exchanging them by turns. */
const IDLE_MS = 60_000
/** Making one for which there is no room costs as much as another: it is tried once in so long. */
const FULL_MS = 1000
const DEFAULT_MAX_BYTES = 16 * 1024 * 1024

/** The memory of all templates, bounded together. */
export class TemplateMemory {
  readonly #maxBytes: number
  readonly #held = new Set<BodyTemplate>()
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

  /** Whether it is held still; whoever has one that is not shall forget it. */
  holds(template: BodyTemplate): boolean {
    return this.#held.has(template)
  }

  /** False when it does not fit. */
  borrow(template: BodyTemplate, nowMs: number): boolean {
    if (!this.#fits(template)) for (const held of this.#held) if (nowMs - held.usedAtMs > IDLE_MS) this.giveBack(held)
    if (!this.#fits(template)) {
      this.#fullUntilMs = nowMs + FULL_MS
      return false
    }
    template.usedAtMs = nowMs
    this.#held.add(template)
    this.#bytes += template.sizeBytes
    return true
  }

  giveBack(template: BodyTemplate): void {
    if (this.#held.delete(template)) this.#bytes -= template.sizeBytes
  }

  #fits({ sizeBytes }: BodyTemplate): boolean {
    return this.#bytes + sizeBytes <= this.#maxBytes
  }
}
