import { classifySent } from './classify.ts'
import type { ReceiverAnswer, RefusalReason, Verdict } from './classify.ts'
import type { ProtocolVersion } from './receiver.ts'
import { STATUS } from './status.ts'
import type { Status } from './status.ts'
import type { WriteRequest } from './write-request.ts'

/** Why a unit was refused, by unit. */
export interface Refusal {
  readonly reason: RefusalReason | 'too_large'
  readonly message: string
}

export interface Delivery {
  readonly refusals: ReadonlyMap<number, Refusal>
  readonly afterMs: number | undefined
  /** What stopped it, when something did. */
  readonly retryReason: string | undefined
  readonly requests: number
}

export interface DeliverOptions {
  readonly post: (body: Buffer) => Promise<ReceiverAnswer>
  readonly version: ProtocolVersion
  /**
   * Mimir, Cortex and all receivers of 2.0 store a request's good samples even when they refuse others. What is sent again must then be the newest of its series,
   * else a sample stored a moment ago would come back as out of order: one sample per series and request.
   */
  readonly keepsRest: boolean
  /** Requests that isolating refused samples may take; what is left then is tried again in the next attempt. */
  readonly maxRequests: number
}

interface Part {
  readonly units: readonly number[]
  /** Known to hold a refused unit: its sibling was stored whole. */
  readonly refused: boolean
}

/**
 * Sends a request and finds out about each of its points. A refusal says nothing about the neighbours of the refused sample, so the request
 * is halved, older points first, until the refused ones stand alone. Once the receiver wants to be asked later, nothing newer is sent.
 */
export async function deliver(request: WriteRequest, options: DeliverOptions): Promise<Delivery> {
  return new DeliveryRun(request, options).run()
}

class DeliveryRun {
  readonly #request: WriteRequest
  readonly #options: DeliverOptions
  readonly #refusals = new Map<number, Refusal>()
  #requests = 0
  #afterMs: number | undefined
  #retryReason: string | undefined

  constructor(request: WriteRequest, options: DeliverOptions) {
    this.#request = request
    this.#options = options
  }

  async run(): Promise<Delivery> {
    if (this.#request.isOpen()) {
      const verdict = this.#options.keepsRest ? undefined : await this.#post(undefined)
      if (verdict?.kind === 'stored') this.#request.settleOpen(STATUS.delivered)
      else await this.#isolate(verdict, openUnits(this.#request))
    }
    return {
      refusals: this.#refusals,
      afterMs: this.#afterMs,
      retryReason: this.#retryReason,
      requests: this.#requests,
    }
  }

  /** @param first verdict on all of them together, when they were sent so */
  async #isolate(first: Verdict | undefined, open: readonly number[]): Promise<void> {
    const parts = this.#options.keepsRest ? rounds(this.#request, open) : [byTime(this.#request, open)]
    const stack: Part[] = parts.map((units) => ({ units, refused: false })).reverse()
    let verdict = first
    while (stack.length > 0 && this.#retryReason === undefined) {
      const part = stack.pop()
      if (part === undefined) break
      const answer: Verdict = verdict ?? (await this.#ask(part))
      verdict = undefined
      this.#settle(part, answer, stack)
    }
    this.#mark(openUnits(this.#request), STATUS.retry)
  }

  #ask(part: Part): Promise<Verdict> | Verdict {
    if (part.refused && part.units.length > 1) return { kind: 'refused', reason: 'refused', message: '' }
    if (this.#requests >= this.#options.maxRequests)
      return { kind: 'retry', reason: 'many_refusals', afterMs: undefined }
    const marked = new Uint8Array(this.#request.units)
    for (const unit of part.units) marked[unit] = 1
    return this.#post(marked)
  }

  #settle({ units }: Part, verdict: Verdict, stack: Part[]): void {
    if (verdict.kind === 'stored') {
      this.#mark(units, STATUS.delivered)
      const sibling = stack.at(-1)
      if (sibling !== undefined && this.#siblings.get(units) === sibling.units)
        stack.splice(-1, 1, { ...sibling, refused: true })
    } else if (verdict.kind === 'retry') {
      this.#retryReason = verdict.reason
      this.#afterMs = verdict.afterMs
    } else if (units.length === 1) {
      this.#refuse(units[0] ?? 0, verdict)
    } else {
      const middle = units.length >> 1
      const [older, newer] = [units.slice(0, middle), units.slice(middle)]
      // Too large says nothing about the second half when the first one fits.
      if (verdict.kind === 'refused' && !this.#options.keepsRest) this.#siblings.set(older, newer)
      stack.push({ units: newer, refused: false }, { units: older, refused: false })
    }
  }

  /** First half → second half of what was refused as a whole. */
  readonly #siblings = new WeakMap<readonly number[], readonly number[]>()

  #refuse(unit: number, verdict: Verdict & { readonly kind: 'refused' | 'too_large' }): void {
    if (verdict.kind === 'refused' && verdict.reason === 'duplicate') this.#mark([unit], STATUS.alreadyPresent)
    else if (verdict.kind === 'refused' && verdict.reason === 'native_histograms_disabled')
      this.#mark([unit], STATUS.unsupported)
    else this.#mark([unit], STATUS.rejected)
    this.#refusals.set(unit, {
      reason: verdict.kind === 'refused' ? verdict.reason : 'too_large',
      message: verdict.message,
    })
  }

  #mark(units: readonly number[], status: Status): void {
    for (const unit of units) this.#request.setStatus(unit, status)
  }

  async #post(marked: Uint8Array | undefined): Promise<Verdict> {
    this.#requests += 1
    const { post, version } = this.#options
    const answer = await post(this.#request.encode(marked, version))
    return classifySent(answer, { version, counts: () => this.#request.counts(marked) })
  }
}

function openUnits(request: WriteRequest): number[] {
  const open: number[] = []
  for (let unit = 0; unit < request.units; unit += 1) if (request.status(unit) === STATUS.open) open.push(unit)
  return open
}

/** Older first, so that the order within each series holds across the halves. */
function byTime(request: WriteRequest, units: readonly number[]): number[] {
  const times = request.timesOfUnits()
  return [...units].sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0))
}

function rounds(request: WriteRequest, units: readonly number[]): number[][] {
  const ranks = request.ranksOfUnits()
  const grouped = Map.groupBy(units, (unit) => ranks[unit] ?? 0)
  return [...grouped.keys()].sort((a, b) => a - b).map((rank) => grouped.get(rank) ?? [])
}
