import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { DriverName } from './drivers.ts'

export interface GroupOptions {
  readonly driver: DriverName
  readonly brokers: string
  readonly group: string
  readonly topic: string
  readonly onValues: (values: readonly number[]) => void
}

/** Readers of one topic, each a process; one that ends by itself is started again, as a supervisor would. */
export class Group {
  readonly members: (ChildProcess | undefined)[] = []
  restarts = 0
  readonly #options: GroupOptions
  #closing = false

  constructor(options: GroupOptions) {
    this.#options = options
  }

  start(index: number): void {
    const { driver, brokers, group, topic, onValues } = this.#options
    const child = fork(join(import.meta.dirname, 'consumer.ts'), [driver, brokers, group, topic], {
      execArgv: ['--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    this.members[index] = child
    child.on('message', (values) => onValues(values as readonly number[]))
    child.once('exit', () => {
      if (this.#closing || this.members[index] !== child) return
      this.restarts += 1
      this.start(index)
    })
  }

  signal(index: number, name: NodeJS.Signals): void {
    this.members[index]?.kill(name)
  }

  /** Resolves when it is gone. */
  async end(index: number, name: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.members[index]
    if (child === undefined) return
    this.members[index] = undefined
    const gone = once(child, 'exit')
    child.kill(name)
    await gone
  }

  async close(): Promise<void> {
    this.#closing = true
    await Promise.all(this.members.map((_, index) => this.end(index, 'SIGKILL')))
  }
}
