import { BufferPool } from './buffer-pool.ts'

export { discard, discardAround, memoryAround } from './discard.ts'
export { MAX_NUMBER_BYTES, writeDouble, writeSix, writeWhole } from './number-text.ts'
export { BufferPool } from './buffer-pool.ts'
export type { BufferPoolOptions } from './buffer-pool.ts'

/** That of the process: what one part gives back, another may borrow. */
export const buffers = new BufferPool({ maxKeptBytes: 64 * 1024 * 1024 })
