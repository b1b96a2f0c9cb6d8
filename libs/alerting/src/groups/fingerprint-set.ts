const DIGITS = 16
const BYTES = DIGITS / 2

/** Fingerprints as they are stored: 8 bytes each, sorted. */
export function packFingerprints(fingerprints: ReadonlySet<string>): Uint8Array {
  return Buffer.from([...fingerprints].sort().join(''), 'hex')
}

export function unpackFingerprints(bytes: Uint8Array): ReadonlySet<string> {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')
  return new Set(
    Array.from({ length: Math.floor(bytes.length / BYTES) }, (_, i) => text.slice(i * DIGITS, (i + 1) * DIGITS)),
  )
}
