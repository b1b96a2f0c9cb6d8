import { lookup as resolve } from 'node:dns'
import type { LookupAddress } from 'node:dns'
import { isIP } from 'node:net'
import type { LookupFunction } from 'node:net'
import { Agent, request } from 'undici'
import { alertChannelErrors } from '../errors.ts'
import { isPublic, isWithin, parseRanges } from './address-ranges.ts'

export interface EgressOptions {
  /** Ranges (CIDR) that tenants' addresses may lead to besides public ones, and over plain HTTP. */
  readonly allow: readonly string[]
  /** Of the connection, of the wait for an answer, and of the answer. */
  readonly timeoutMs: number
  /** Of the system unless given. */
  readonly resolve?: (host: string) => Promise<readonly LookupAddress[]>
}

export interface PostOptions {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly signal: AbortSignal
}

export interface Answer {
  readonly status: number
  /** The first 4096 characters. */
  readonly text: string
  /** As the header has it: seconds, or a date. */
  readonly retryAfter: string | undefined
}

export interface Egress {
  /**
   * Posts to an address that a tenant may have chosen. Redirects are answers, never followed.
   * @throws alertChannelErrors.address_refused; whatever the connection fails with
   */
  post(options: PostOptions): Promise<Answer>
  close(): Promise<void>
}

const MAX_ANSWER_CHARS = 4096
const MAX_ANSWER_BYTES = 64 * 1024
/**
 * To one receiver: 10,000 messages a minute, at 300 ms each, need 50. What waits for one has no time limit of its own: a limit that counts the
 * wait breaks connections off when there is much to send, and then nothing gets through.
 */
const CONNECTIONS = 64

/**
 * The way out for what tenants configure. A name is resolved once, its addresses are checked, and the connection goes to just these: a name
 * that leads elsewhere a moment later (DNS rebinding) gains nothing. All of them must be allowed, since the system may take any.
 */
export function createEgress({ allow, timeoutMs, resolve: resolveName = resolveAll }: EgressOptions): Egress {
  const ranges = parseRanges(allow)
  const isAllowed = (address: string): boolean => isWithin(address, ranges)
  const agents = {
    // In plain text only to where the operator allows it: elsewhere labels and links would be readable on the way.
    'http:': agentFor(isAllowed, resolveName, timeoutMs),
    'https:': agentFor((address) => isPublic(address) || isAllowed(address), resolveName, timeoutMs),
  }
  return {
    async post({ url, headers, body, signal }) {
      const target = new URL(url)
      const agent = agents[target.protocol as keyof typeof agents] as CheckedAgent | undefined
      if (agent === undefined || target.username !== '' || target.password !== '')
        throw alertChannelErrors.address_refused({ host: target.hostname })
      // A literal address is connected to without a lookup.
      const literal = target.hostname.replace(/^\[|\]$/g, '')
      if (isIP(literal) !== 0 && !agent.isAllowed(literal))
        throw alertChannelErrors.address_refused({ host: target.hostname })
      const late = new AbortController()
      const answer = await request(target, {
        ...{ method: 'POST', headers, body, dispatcher: agent.agent },
        signal: AbortSignal.any([signal, late.signal]),
      })
      // A receiver that answers a byte at a time must not hold a connection for long.
      const timer = setTimeout(
        () => late.abort(new DOMException('The answer does not end.', 'TimeoutError')),
        timeoutMs,
      )
      const bytes = await readSome(answer.body).finally(() => clearTimeout(timer))
      const retryAfter = answer.headers['retry-after']
      return {
        status: answer.statusCode,
        text: bytes.toString('utf8').slice(0, MAX_ANSWER_CHARS),
        retryAfter: Array.isArray(retryAfter) ? retryAfter[0] : retryAfter,
      }
    },
    async close() {
      await Promise.all(Object.values(agents).map(({ agent }) => agent.destroy()))
    },
  }
}

interface CheckedAgent {
  readonly agent: Agent
  readonly isAllowed: (address: string) => boolean
}

function agentFor(
  isAllowed: (address: string) => boolean,
  resolveName: NonNullable<EgressOptions['resolve']>,
  timeoutMs: number,
): CheckedAgent {
  const lookup: LookupFunction = (host, options, done) => {
    resolveName(host).then(
      (found) => {
        const wanted = found.filter(({ family }) => !options.family || family === options.family)
        const [first] = wanted
        if (first === undefined || !wanted.every(({ address }) => isAllowed(address)))
          done(alertChannelErrors.address_refused({ host }), '', 0)
        else if (options.all === true) done(null, [...wanted])
        else done(null, first.address, first.family)
      },
      (error: unknown) => {
        done(error as NodeJS.ErrnoException, '', 0)
      },
    )
  }
  const agent = new Agent({
    connect: { lookup, timeout: timeoutMs },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    connections: CONNECTIONS,
  })
  return { agent, isAllowed }
}

function resolveAll(host: string): Promise<readonly LookupAddress[]> {
  return new Promise((done, fail) => {
    resolve(host, { all: true }, (error, addresses) => {
      if (error === null) done(addresses)
      else fail(error)
    })
  })
}

/** A receiver that answers without end must not fill the memory: the rest is left, and the connection with it. */
async function readSome(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    chunks.push(chunk)
    size += chunk.length
    if (size >= MAX_ANSWER_BYTES) break
  }
  return Buffer.concat(chunks)
}
