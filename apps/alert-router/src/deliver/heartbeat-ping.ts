import { messageOf } from '@pegel/errors'
import type { Logger } from '@pegel/telemetry'

const TIMEOUT_MS = 10_000

/** Tells an outside service that the watchdog has come through. What it answers changes nothing here; that it is not asked any more is the alarm. */
export function createHeartbeatPing(url: string | undefined, log: Logger): () => void {
  if (url === undefined) return () => undefined
  return () => {
    fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) })
      .then((response) => {
        if (!response.ok) log.warn('the heartbeat URL did not take it', { status: response.status })
        return response.body?.cancel()
      })
      .catch((error: unknown) => {
        log.warn('the heartbeat URL does not answer', { error: messageOf(error) })
      })
  }
}
