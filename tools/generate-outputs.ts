import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** A generated file: its path from the root of the repository, and all of its text. */
export interface Output {
  readonly path: string
  readonly text: string
}

/** Paths whose committed text differs from what is generated, or is missing. */
export function staleOutputs(root: string, outputs: readonly Output[]): string[] {
  return outputs
    .filter(({ path, text }) => {
      const file = join(root, path)
      return !existsSync(file) || readFileSync(file, 'utf8') !== text
    })
    .map(({ path }) => path)
}

export function writeOutputs(root: string, outputs: readonly Output[]): void {
  for (const { path, text } of outputs) {
    const file = join(root, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
}
