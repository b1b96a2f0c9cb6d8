import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** What runs in processes of its own, by name: it gets its order, and what it returns is given to whoever started it. */
export type ChildWork = Readonly<Record<string, (order: never, child: Child) => Promise<unknown>>>

/** The side of the child. */
export interface Child {
  /** Tells whoever started it that the work has begun. */
  ready(details?: object): void
  /** Resolves when it is told to end. */
  readonly over: Promise<void>
}

export interface RunningChild<T> {
  readonly pid: number
  /** What it said when it was ready. */
  readonly ready: Promise<Readonly<Record<string, unknown>>>
  readonly result: Promise<T>
  /** Tells it to end; `result` comes then. */
  end(): void
}

const MARK = '--child'

/** When this process is a child: does its work and ends. To be called first by a benchmark that starts children. */
export async function workAsChild(work: ChildWork): Promise<boolean> {
  const at = process.argv.indexOf(MARK)
  if (at === -1) return false
  const name = process.argv[at + 1] ?? ''
  const over = Promise.withResolvers<undefined>()
  const order = Promise.withResolvers<string>()
  // The first line is the order, which may be longer than an argument can be; the end tells it to end.
  createInterface({ input: process.stdin })
    .once('line', (line) => order.resolve(line))
    .once('close', () => over.resolve(undefined))
  const child: Child = {
    ready: (details = {}) => void process.stdout.write(`${JSON.stringify({ ready: details })}\n`),
    over: over.promise,
  }
  const run = work[name]
  if (run === undefined) throw new Error(`there is no work ${name}`)
  const result = (await run(JSON.parse(await order.promise) as never, child)) ?? null
  process.stdout.write(`${JSON.stringify({ result })}\n`, () => process.exit(0))
  return true
}

export interface ChildOptions {
  /** Gives way to what is measured wherever both want a core: for load whose own work must not be felt. */
  readonly background?: boolean
}

const BACKGROUND = ['nice', '-n', '10']

/** This benchmark once more, as a process that does one thing; it ends with this one. */
export function startChild<T>(name: string, order: object, { background = false }: ChildOptions = {}): RunningChild<T> {
  const words = [process.execPath, '--enable-source-maps', process.argv[1] ?? '', MARK, name]
  const [command = '', ...args] = background ? [...BACKGROUND, ...words] : words
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin.write(`${JSON.stringify(order)}\n`)
  const ready = Promise.withResolvers<Readonly<Record<string, unknown>>>()
  const result = Promise.withResolvers<T>()
  createInterface({ input: child.stdout }).on('line', (line) => {
    const said = JSON.parse(line) as { readonly ready?: Readonly<Record<string, unknown>>; readonly result?: T }
    if (said.ready !== undefined) ready.resolve(said.ready)
    if ('result' in said) result.resolve(said.result)
  })
  child.once('exit', (code) => {
    const error = new Error(`the process "${name}" ended with ${code ?? 'a signal'} before it was done`)
    ready.reject(error)
    result.reject(error)
  })
  ready.promise.catch(() => undefined)
  result.promise.catch(() => undefined)
  return { pid: child.pid ?? -1, ready: ready.promise, result: result.promise, end: () => void child.stdin.end() }
}
