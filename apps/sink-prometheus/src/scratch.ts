/** More is not kept from one request to the next. */
const MAX_KEPT_BYTES = 8 * 1024 * 1024

/**
 * Memory to encode a request into, used again for the next one. Fresh megabytes for each request cost more than what is written into them: pages to be
 * mapped, and full collections, which V8 starts by how many bytes of buffers were made since the last one.
 */
export class Scratch {
  bytes: Buffer<ArrayBuffer> = Buffer.alloc(0)
  view = new DataView(this.bytes.buffer, 0, 0)

  /** Makes room; what was written before is gone. */
  reserve(sizeBytes: number): this {
    if (sizeBytes > this.bytes.length) {
      this.bytes = Buffer.allocUnsafeSlow(sizeBytes + (sizeBytes >> 2))
      this.view = new DataView(this.bytes.buffer)
    }
    return this
  }

  /** Nothing of it is in use any more. */
  trim(): void {
    if (this.bytes.length > MAX_KEPT_BYTES) this.bytes = Buffer.alloc(0)
  }
}
