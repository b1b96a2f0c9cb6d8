import { messageOf } from '@pegel/errors'
import { cliErrors } from '../errors.ts'
import { formatTable } from '../table.ts'

export interface HealthTarget {
  readonly name: string
  readonly url: string
}

export interface HealthResult {
  readonly name: string
  readonly ok: boolean
  readonly tookMs: number
  /** Which of its checks failed, or why there was no answer; empty when well. */
  readonly problem: string
}

/** `gateway=http://host:9100,http://host:9101` → targets; a name is the address unless given, `/readyz` is added to a bare address. */
export function parseTargets(text: string): readonly HealthTarget[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const [, name, address = part] = /^([\w-]+)=(.+)$/.exec(part) ?? []
      if (!URL.canParse(address)) throw cliErrors.bad_option({ option: '--url', problem: `${part} is no address` })
      const url = new URL(address)
      if (url.pathname === '/') url.pathname = '/readyz'
      return { name: name ?? url.host, url: url.href }
    })
}

/** Asks one service whether it is ready. Never throws. */
export async function checkService(target: HealthTarget, timeoutMs: number): Promise<HealthResult> {
  const started = performance.now()
  const done = (ok: boolean, problem: string): HealthResult => ({
    name: target.name,
    ok,
    tookMs: Math.round(performance.now() - started),
    problem,
  })
  try {
    const response = await fetch(target.url, { signal: AbortSignal.timeout(timeoutMs) })
    const body = await response.text()
    return response.ok ? done(true, '') : done(false, `${response.status} ${failedChecks(body)}`.trim())
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? `: ${messageOf(error.cause)}` : ''
    return done(false, `${messageOf(error)}${cause}`)
  }
}

/** Runs any check in the same clothes. */
export async function checkThat(
  name: string,
  check: (signal: AbortSignal) => Promise<void>,
  timeoutMs: number,
): Promise<HealthResult> {
  const started = performance.now()
  const took = (): number => Math.round(performance.now() - started)
  try {
    await check(AbortSignal.timeout(timeoutMs))
    return { name, ok: true, tookMs: took(), problem: '' }
  } catch (error) {
    return { name, ok: false, tookMs: took(), problem: messageOf(error) }
  }
}

export function formatHealth(results: readonly HealthResult[]): string {
  const rows = results.map(({ name, ok, tookMs, problem }) => [name, ok ? 'ok' : 'FAILED', `${tookMs} ms`, problem])
  return formatTable(['CHECK', 'STATE', 'TOOK', 'PROBLEM'], rows)
}

/** The failed checks of a /readyz answer, whatever its exact shape; else its first line. */
function failedChecks(body: string): string {
  try {
    const checks = (JSON.parse(body) as { checks?: Record<string, unknown> }).checks ?? {}
    const failed = Object.entries(checks).filter(([, value]) => !/^(?:ok|true)$/.test(String(stateOf(value))))
    if (failed.length > 0) return failed.map(([name, value]) => `${name}: ${problemOf(value)}`).join('; ')
  } catch {
    // Not JSON: shown as it is.
  }
  return body.split('\n')[0]?.slice(0, 200) ?? ''
}

function stateOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'status' in value ? value.status : value
}

function problemOf(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
