/**
 * Frees the memory of a buffer at once, if it has one to itself. Left to the garbage collector, every 64 MB of such buffers make it look
 * through the whole heap. It is detached: who still has a view finds it empty, and never finds somebody else's bytes.
 */
export function discard({ buffer: memory, length }: Uint8Array): void {
  if (memory instanceof ArrayBuffer && length > 0 && memory.byteLength === length) memory.transfer(0)
}

/** As `discard`, of a part of memory that whoever made it has to itself. Slabs of Node.js, which small buffers are cut from, are left alone. */
export function discardAround({ buffer: memory }: Uint8Array): void {
  if (memory instanceof ArrayBuffer && memory.byteLength > Buffer.poolSize) memory.transfer(0)
}
