import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Listening } from './listening.ts'

/** What `pegel run` started, for `pegel health` and for launchers. */
export interface RunState {
  readonly pid: number
  readonly services: Readonly<Record<string, Partial<Listening>>>
}

/** Keeps the state file current; does nothing without a path. */
export class RunStateFile {
  readonly #path: string | undefined
  #state: RunState

  constructor(path: string | undefined, names: readonly string[]) {
    this.#path = path
    this.#state = { pid: process.pid, services: Object.fromEntries(names.map((name) => [name, {}])) }
    this.#write()
  }

  listening(name: string, at: Listening): void {
    this.#state = { ...this.#state, services: { ...this.#state.services, [name]: at } }
    this.#write()
  }

  /** All services have said where they listen. */
  get complete(): boolean {
    return Object.values(this.#state.services).every(({ pid }) => pid !== undefined)
  }

  remove(): void {
    if (this.#path !== undefined) rmSync(this.#path, { force: true })
  }

  /** Who reads it at that moment has it whole, as it was or as it is. */
  #write(): void {
    if (this.#path === undefined) return
    mkdirSync(dirname(this.#path), { recursive: true })
    writeFileSync(`${this.#path}.new`, `${JSON.stringify(this.#state, null, 2)}\n`)
    renameSync(`${this.#path}.new`, this.#path)
  }
}
