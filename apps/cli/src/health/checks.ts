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
    return response.ok ? done(true, '') : done(false, `${response.status} ${whyNotReady(body)}`.trim())
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

/** What /readyz of a service answers. */
interface Readiness {
  readonly status: string
  readonly waitingFor?: string
  readonly checks?: Readonly<Record<string, { readonly status: string; readonly problem?: string }>>
}

/** What keeps a service from being ready: what it waits for, or the checks that failed; the first line of any other answer. */
function whyNotReady(body: string): string {
  const readiness = parseReadiness(body)
  if (readiness === undefined) return body.split('\n')[0]?.slice(0, 200) ?? ''
  const failed = Object.entries(readiness.checks ?? {}).filter(([, { status }]) => status !== 'ok')
  const problems = failed.map(([name, { problem = 'failed' }]) => `${name}: ${problem}`)
  if (readiness.waitingFor !== undefined) problems.push(`waits to ${readiness.waitingFor}`)
  return problems.length > 0 ? problems.join('; ') : readiness.status
}

function parseReadiness(body: string): Readiness | undefined {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null && 'status' in value ? (value as Readiness) : undefined
  } catch {
    return undefined
  }
}
