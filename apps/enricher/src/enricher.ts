import { readBatch, scanBatch } from '@pegel/contracts'
import type { BatchEnvelope, MetricPoints, ReasonCount, SchemaLookup } from '@pegel/contracts'
import { isRetryable, messageOf, PegelError } from '@pegel/errors'
import type { KafkaRecord } from '@pegel/kafka'
import { unreadable } from '@pegel/pipeline'
import type { Processor, ProcessResult } from '@pegel/pipeline'
import type { TenantConfig, TenantDirectory } from '@pegel/tenancy'
import { BatchRelabeler } from './batch-relabeler.ts'
import { BatchRewriter } from './batch-rewriter.ts'
import type { Rewritten } from './batch-rewriter.ts'
import { Generations } from './generations.ts'
import { createJudge, DIRECT_TOPIC, reasonOf } from './judge.ts'
import type { Verdict } from './judge.ts'
import { createNewestJudge } from './newest-judge.ts'
import { deletedOutcome, toOutcome } from './outcome-record.ts'
import { SeriesOutcomes } from './series-outcomes.ts'
import type { OutcomeStats } from './series-outcomes.ts'
import { compileTenant } from './tenant-rules.ts'
import type { TenantRules } from './tenant-rules.ts'

export interface EnricherOptions {
  readonly tenants: Pick<TenantDirectory, 'exact' | 'asOf' | 'current'>
  /** Of a tenant's file: the one that a record names or that was in force when it came, or the newest. Default: `named`. */
  readonly version?: 'named' | 'newest'
  /** Schemas of other writers. */
  readonly schemas?: SchemaLookup
  /** Bound of the cache of series, over all tenants. */
  readonly maxCacheBytes: number
  readonly now?: () => number
  /** Told of every record that was processed, for metrics. */
  readonly onProcessed?: (result: ProcessResult) => void
}

export interface Enricher extends Processor {
  readonly cache: OutcomeStats
}

type ToEnrich = Extract<Verdict, { kind: 'enrich' }>

const MAX_COMPILED_TENANTS = 4096

/** The enricher as a pure processor: a record and the versions published before it decide every byte of what comes out. */
export function createEnricher(options: EnricherOptions): Enricher {
  const { tenants, schemas, now = Date.now, onProcessed } = options
  const compiled = new Generations<TenantRules>(MAX_COMPILED_TENANTS)
  const outcomes = new SeriesOutcomes(options.maxCacheBytes)
  const rewriter = new BatchRewriter()
  const relabeler = new BatchRelabeler()
  const compile = (config: TenantConfig): TenantRules => {
    const key = `${config.tenant}@${config.version}`
    const known = compiled.get(key)
    if (known !== undefined) return known
    const made = compileTenant(config)
    compiled.set(key, made)
    return made
  }
  const judging = { tenants, compile, now, ...(schemas === undefined ? {} : { schemas }) }
  const judge = options.version === 'newest' ? createNewestJudge(judging) : createJudge(judging)

  function rewrite(record: KafkaRecord, points: MetricPoints, rules: TenantRules): Rewritten {
    const direct = record.topic === DIRECT_TOPIC
    const reason = direct ? wholeBatchReason(record, points, rules) : undefined
    if (reason !== undefined) {
      return { chunks: [], dropped: [], refused: [{ reason, count: points.columns.length }] }
    }
    const receivedAtMs = direct ? record.timestampMs : undefined
    return rewriter.rewrite({ points, rules, outcomes: outcomes.under(rules, direct), receivedAtMs })
  }

  /** What the gateway wrote, it has checked: only labels change. */
  function relabelled(record: KafkaRecord, { value, rules }: ToEnrich): ProcessResult | undefined {
    if (record.topic === DIRECT_TOPIC) return undefined
    const { envelope, runs } = scanBatch(value, schemas)
    const request = { runs, declared: envelope.points, outcomes: outcomes.under(rules, false) }
    const rewritten = relabeler.relabel(request)
    return rewritten === undefined ? undefined : outcomeOf(record, { envelope, rules, rewritten })
  }

  function enrich(record: KafkaRecord, verdict: ToEnrich): ProcessResult {
    const done = relabelled(record, verdict)
    if (done !== undefined) return done
    const { value, rules } = verdict
    const { envelope, points } = readBatch(value, schemas)
    record.memory?.join(points.memory())
    if (points.columns.length !== envelope.points) {
      const message = `The envelope names ${envelope.points} points, the body has ${points.columns.length}.`
      return unreadable({ record, reason: 'count_mismatch', message, nowMs: now() })
    }
    return outcomeOf(record, { envelope, rules, rewritten: rewrite(record, points, rules) })
  }

  function process(record: KafkaRecord): ProcessResult {
    const verdict = judge(record)
    switch (verdict.kind) {
      case 'wait':
        return { status: 'wait', reason: verdict.reason }
      case 'refuse':
        return unreadable({ record, reason: verdict.reason, message: verdict.message, nowMs: now() })
      case 'deleted':
        return deletedOutcome(record, verdict.envelope)
      case 'enrich':
        return enrich(record, verdict)
    }
  }

  return {
    get cache() {
      return outcomes.stats
    },
    process(record) {
      const result = orUnreadable(record, now, () => process(record))
      onProcessed?.(result)
      return result
    },
  }
}

interface Enriched {
  readonly envelope: BatchEnvelope
  readonly rules: TenantRules
  readonly rewritten: Rewritten
}

function outcomeOf(record: KafkaRecord, { envelope, rules, rewritten }: Enriched): ProcessResult {
  const { chunks, dropped, refused } = rewritten
  const configVersion = rules.version
  return toOutcome({ record, configVersion, chunks, dropped, ...origin(record, envelope, refused) })
}

/** Bytes that cannot be decoded are a dead letter; a schema that is not known yet is waited for; a bug is the runner's to report. */
function orUnreadable(record: KafkaRecord, now: () => number, attempt: () => ProcessResult): ProcessResult {
  try {
    return attempt()
  } catch (error) {
    if (!(error instanceof PegelError) || isRetryable(error)) throw error
    return unreadable({ record, reason: reasonOf(error), message: messageOf(error), nowMs: now() })
  }
}

/** The gateway's limits on a request, for records that did not pass it. */
function wholeBatchReason(record: KafkaRecord, points: MetricPoints, { limits }: TenantRules): string | undefined {
  if ((record.value?.byteLength ?? 0) > limits.maxRequestBytes) return 'max_request_bytes'
  return points.columns.length > limits.maxPointsPerRequest ? 'max_points_per_request' : undefined
}

/**
 * What the source says of itself. A direct producer is not asked: it sent what is in the body, when Kafka appended it.
 */
function origin(record: KafkaRecord, envelope: BatchEnvelope, refused: readonly ReasonCount[]) {
  if (record.topic === DIRECT_TOPIC) {
    return { envelope, received: envelope.points, receivedAtMs: record.timestampMs, protocol: 'direct', refused }
  }
  const { received, receivedAtMs, protocol } = envelope
  return { envelope, received, receivedAtMs, protocol, refused: [...envelope.refused, ...refused] }
}
