let installed = false

/**
 * kafkajs' request queue computes a negative timeout, which Node reports once per process. That one warning is dropped,
 * when it comes from kafkajs; every other passes.
 */
export function silenceNegativeTimeoutWarning(): void {
  if (installed) return
  installed = true
  const emit = process.emitWarning.bind(process) as (...args: readonly unknown[]) => void
  process.emitWarning = (...args: readonly unknown[]): void => {
    if (!isFromKafkajs(args)) emit(...args)
  }
}

function isFromKafkajs(args: readonly unknown[]): boolean {
  return args[1] === 'TimeoutNegativeWarning' && (new Error().stack ?? '').includes('kafkajs')
}
