import { messageOf } from '@pegel/errors'

export type Check = (signal: AbortSignal) => Promise<void>

export interface CheckResult {
  readonly status: 'ok' | 'failed'
  readonly tookMs: number
  readonly problem?: string
}

export interface Readiness {
  readonly status: 'ready' | 'not_ready' | 'starting' | 'stopping'
  /** While starting: what it waits for. */
  readonly waitingFor?: string
  readonly checks: Readonly<Record<string, CheckResult>>
}

/** Long enough for a slow answer, short enough for the probe that asks. */
export const CHECK_TIMEOUT_MS = 2000

/** The state behind /readyz. */
export class Health {
  #phase: 'starting' | 'running' | 'stopping' = 'starting'
  #waitingFor = 'start'
  #checks: Readonly<Record<string, Check>> = {}
  readonly #timeoutMs: number

  constructor(timeoutMs = CHECK_TIMEOUT_MS) {
    this.#timeoutMs = timeoutMs
  }

  waitFor(what: string): void {
    this.#waitingFor = what
  }

  running(checks: Readonly<Record<string, Check>>): void {
    this.#checks = checks
    if (this.#phase === 'starting') this.#phase = 'running'
  }

  stopping(): void {
    this.#phase = 'stopping'
  }

  /** Runs all checks side by side. Never rejects; a check that ignores its signal counts as failed all the same. */
  async ask(): Promise<Readiness> {
    if (this.#phase === 'starting') return { status: 'starting', waitingFor: this.#waitingFor, checks: {} }
    if (this.#phase === 'stopping') return { status: 'stopping', checks: {} }
    const results = await Promise.all(
      Object.entries(this.#checks).map(async ([name, check]) => [name, await this.#run(check)] as const),
    )
    const failed = results.some(([, result]) => result.status === 'failed')
    return { status: failed ? 'not_ready' : 'ready', checks: Object.fromEntries(results) }
  }

  async #run(check: Check): Promise<CheckResult> {
    const started = performance.now()
    const took = (): number => Math.round(performance.now() - started)
    const controller = new AbortController()
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        const error = new Error(`no answer within ${this.#timeoutMs} ms`)
        controller.abort(error)
        reject(error)
      }, this.#timeoutMs)
    })
    try {
      await Promise.race([check(controller.signal), late])
      return { status: 'ok', tookMs: took() }
    } catch (error) {
      return { status: 'failed', tookMs: took(), problem: messageOf(error) }
    } finally {
      clearTimeout(timer)
    }
  }
}
