import { memoryAround } from '@pegel/buffers'

/** What records of a batch share, and may give back one by one. */
export interface Memory {
  /** This record's bytes (key, value, headers) are not used any more. To be called once. */
  release(): void
  /** What was made from the record and lives as long: freed with it. */
  join(memory: readonly ArrayBuffer[]): void
}

/**
 * The memory that a batch was inflated into. Once its last record is released, it is free at once: left to the garbage collector, a megabyte of
 * buffers for every few thousand points starts one full collection after the other. It is detached, not used again: a view that
 * somebody still has is empty then, and never another tenant's bytes.
 */
export class InflatedMemory implements Memory {
  readonly #memory: ArrayBuffer[]
  #records = 0

  constructor(memory: ArrayBuffer) {
    this.#memory = [memory]
  }

  /** For one more record. */
  share(): this {
    this.#records += 1
    return this
  }

  release(): void {
    this.#records -= 1
    if (this.#records > 0) return
    for (const memory of this.#memory.splice(0)) memory.transfer(0)
  }

  join(memory: readonly ArrayBuffer[]): void {
    this.#memory.push(...memory)
  }
}

/** Undefined when the bytes share memory with others, as small buffers of Node do. */
export function memoryOf(bytes: Buffer): InflatedMemory | undefined {
  const memory = memoryAround(bytes)
  return memory === undefined ? undefined : new InflatedMemory(memory)
}
