/**
 * Frees the memory of a buffer at once, if it has one to itself. Left to the garbage collector, every few megabytes of such buffers make it look
 * through the whole heap. It is detached: who still has a view finds it empty, and never finds somebody else's bytes.
 */
export function discard({ buffer: memory, length }: Uint8Array): void {
  if (memory instanceof ArrayBuffer && length > 0 && memory.byteLength === length) memory.transfer(0)
}

/** As `discard`, of a part of memory that whoever made it has to itself. */
export function discardAround(part: Uint8Array): void {
  memoryAround(part)?.transfer(0)
}

/** The memory that a buffer is a part of. Undefined for a slab of Node.js, which small buffers of everybody are cut from: those are all of one size. */
export function memoryAround({ buffer: memory }: Uint8Array): ArrayBuffer | undefined {
  return memory instanceof ArrayBuffer && memory.byteLength !== Buffer.poolSize ? memory : undefined
}
