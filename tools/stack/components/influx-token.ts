import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The operator token is part of the data: written before it is used, so that no crash in between can lose it. */
export function influxToken(dataDir: string, given: string | undefined): string {
  const file = join(dataDir, 'token')
  if (existsSync(file)) return readFileSync(file, 'utf8')
  const token = given ?? randomBytes(32).toString('base64url')
  mkdirSync(dataDir, { recursive: true })
  writeFileSync(file, token, { mode: 0o600 })
  return token
}
