import type { Which } from '../install/which.ts'
import type { RunningComponent, StartOptions } from '../types.ts'

/** Options with the defaults filled in, as the components get them. */
export interface LocalOptions extends StartOptions {
  onProgress: (line: string) => void
  background: boolean
  which: Which
}

/** Installs what is missing, starts local processes, and resolves when they answer. */
export type StartLocal = (options: LocalOptions) => Promise<RunningComponent>
