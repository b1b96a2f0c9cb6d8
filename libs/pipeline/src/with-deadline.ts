export interface DeadlineOptions {
  /** Aborted by the deadline, or by whoever gives the work up; its reason is what the caller sees. */
  readonly controller: AbortController
  readonly timeoutMs: number
  readonly onTimeout: () => Error
}

/** Rejects when the deadline passes or the controller is aborted, even if the work ignores its signal. */
export async function withDeadline<T>(work: (signal: AbortSignal) => Promise<T>, options: DeadlineOptions): Promise<T> {
  const { controller, timeoutMs, onTimeout } = options
  const { signal } = controller
  const timer = setTimeout(() => {
    controller.abort(onTimeout())
  }, timeoutMs)
  let giveUp = (): void => undefined
  const aborted = new Promise<never>((_resolve, reject) => {
    giveUp = () => {
      reject(signal.reason as Error)
    }
  })
  signal.addEventListener('abort', giveUp, { once: true })
  if (signal.aborted) giveUp()
  const running = work(signal)
  running.catch(() => undefined)
  try {
    return await Promise.race([running, aborted])
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', giveUp)
  }
}
