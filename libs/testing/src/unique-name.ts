import { randomBytes } from 'node:crypto'

/** A name that no other test uses and that is also a valid tenant id, topic prefix and bucket name: `<prefix>_<8 hex digits>`. */
export function uniqueName(prefix: string): string {
  return `${prefix}_${randomBytes(4).toString('hex')}`
}
