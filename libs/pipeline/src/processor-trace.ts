import { startProcess, startSend, withTrace } from '@pegel/kafka'
import type { KafkaRecord } from '@pegel/kafka'
import type { Span, Tracing } from '@pegel/telemetry'
import type { ProcessResult } from './processor-types.ts'

/** Spans of one source record: open until its outputs are in Kafka, and until it is settled. */
export interface RecordTrace {
  readonly process: Span
  /** Undefined when it has no outputs. */
  readonly send: Span | undefined
}

export interface Traced {
  readonly result: ProcessResult
  /** Undefined when tracing is off, or the record has to wait. */
  readonly trace: RecordTrace | undefined
}

/**
 * Runs the work on a record below the span that its headers name, and puts the span that sends its outputs into their headers. A record that
 * is processed again gets other spans; the bytes of its outputs stay the same.
 */
export function traceRecord(
  tracing: Tracing,
  { record, group }: { readonly record: KafkaRecord; readonly group: string },
  work: () => ProcessResult,
): Traced {
  if (!tracing.enabled) return { result: work(), trace: undefined }
  const process = startProcess(tracing, record, group)
  const result = tracing.within(process, work)
  if (result.status === 'wait') return { result, trace: undefined }
  if (result.deadLetter !== undefined) process.fail(result.deadLetter.refusals[0]?.message ?? 'dead letter')
  const [first] = result.outputs
  if (first === undefined) return { result, trace: { process, send: undefined } }
  const send = startSend(tracing, { topic: first.topic, key: first.key.toString(), parent: process.context })
  const outputs = result.outputs.map((output) => ({
    ...output,
    headers: withTrace(output.headers ?? {}, send.context),
  }))
  return { result: { ...result, outputs }, trace: { process, send } }
}

/** Kafka has the outputs. */
export function tracesSent(traces: readonly RecordTrace[]): void {
  for (const { send } of traces) send?.end()
}

/** The records are settled, or left to be done again because of an error. */
export function tracesSettled(traces: readonly RecordTrace[], error?: unknown): void {
  for (const { process } of traces) {
    if (error !== undefined) process.fail(error)
    process.end()
  }
}

/** The outputs did not get into Kafka, as far as this process knows. */
export function tracesUnsent(traces: readonly RecordTrace[], error: unknown): void {
  for (const { send } of traces) {
    send?.fail(error)
    send?.end()
  }
  tracesSettled(traces, error)
}
