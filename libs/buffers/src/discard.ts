/**
 * Frees the memory of a buffer at once, if it has one to itself. Left to the garbage collector, every 64 MB of such buffers make it look
 * through the whole heap. It is detached: who still has a view finds it empty, and never finds somebody else's bytes.
 */
export function discard({ buffer: memory, length }: Uint8Array): void {
  if (memory instanceof ArrayBuffer && memory.byteLength === length) memory.transfer(0)
}
