import { describe, expect, it } from '@jest/globals'
import { PegelError } from '@pegel/errors'
import fc from 'fast-check'
import { decodeOtlpLogsJson, decodeOtlpLogsProtobuf } from '../../src/logs/index.ts'
import { otlpErrors } from '../../src/otlp/index.ts'
import { arbitraryLogs, decodeLogsByLibrary, encodeLogs, logsToOtlpJson, recordLogs } from './logs-oracle.ts'
import type { ToldLog } from './logs-oracle.ts'

const runs = { numRuns: 500, endOnFailure: true }
const byHand = (bytes: Buffer): readonly ToldLog[] => recordLogs((sink) => decodeOtlpLogsProtobuf(bytes, sink))

/** The logs, or undefined for a clean refusal; any other exception is a failure of the test. */
function cleanly<T>(decode: () => T): T | undefined {
  try {
    return decode()
  } catch (error) {
    if (error instanceof PegelError && error.code === otlpErrors.malformed.code) return undefined
    throw error
  }
}

/** What is decoded at all is what the general decoder tells of the bytes. */
function sameOrRefused(bytes: Buffer): boolean {
  const mine = cleanly(() => byHand(bytes))
  if (mine !== undefined) expect(mine).toEqual(decodeLogsByLibrary(bytes))
  return mine !== undefined
}

describe('decodeOtlpLogsProtobuf', () => {
  it('tells the same logs as the general decoder', () => {
    fc.assert(
      fc.property(arbitraryLogs, (request) => {
        const bytes = encodeLogs(request)
        expect(byHand(bytes)).toEqual(decodeLogsByLibrary(bytes))
      }),
      runs,
    )
  })

  it('tells the same logs or refuses, whatever byte is changed', () => {
    const change = fc.record({ at: fc.nat(), to: fc.nat({ max: 255 }) })
    let decoded = 0
    fc.assert(
      fc.property(arbitraryLogs, fc.array(change, { minLength: 1, maxLength: 3 }), (request, changes) => {
        const bytes = encodeLogs(request)
        for (const { at, to } of changes) if (bytes.length > 0) bytes[at % bytes.length] = to
        if (sameOrRefused(bytes)) decoded += 1
      }),
      runs,
    )
    // A decoder that refuses everything would pass, too.
    expect(decoded).toBeGreaterThan(50)
  })

  it('tells the same logs or refuses, wherever the bytes end', () => {
    fc.assert(
      fc.property(arbitraryLogs, fc.nat(), (request, at) => {
        const whole = encodeLogs(request)
        sameOrRefused(whole.subarray(0, whole.length === 0 ? 0 : at % whole.length))
      }),
      runs,
    )
  })

  it('survives any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        sameOrRefused(Buffer.from(bytes))
      }),
      runs,
    )
  })

  it('does not follow values that nest without end', () => {
    let body: object = { stringValue: 'deep' }
    for (let depth = 0; depth < 40; depth++) body = { arrayValue: { values: [body] } }
    const bytes = encodeLogs({ resourceLogs: [{ scopeLogs: [{ logRecords: [{ body }] }] }] })
    expect(() => byHand(bytes)).toThrow('nests deeper than 32 levels')
  })
})

describe('decodeOtlpLogsJson', () => {
  it.each([
    ['by number', Number],
    ['by name', String],
  ] as const)('tells the same logs as the protobuf of the same request, severities %s', (_how, enums) => {
    fc.assert(
      fc.property(arbitraryLogs, (request) => {
        const told = recordLogs((sink) => decodeOtlpLogsJson(logsToOtlpJson(request, enums), sink))
        expect(told).toEqual(decodeLogsByLibrary(encodeLogs(request)))
      }),
      { numRuns: 250, endOnFailure: true },
    )
  })

  const record = (text: string): Buffer => Buffer.from(`{"resourceLogs":[{"scopeLogs":[{"logRecords":[${text}]}]}]}`)

  it('takes a severity that it does not know for none', () => {
    const told = recordLogs((sink) =>
      decodeOtlpLogsJson(record('{"severityNumber":"SEVERE"},{"severityNumber":99}'), sink),
    )
    expect(told.slice(1)).toMatchObject([{ log: { severity: 0 } }, { log: { severity: 0 } }])
  })

  it.each([
    ['{"timeUnixNano":"soon"}', 'timeUnixNano is not nanoseconds since the epoch'],
    ['{"traceId":"xyz"}', 'traceId is not hexadecimal'],
    ['{"body":"text"}', 'body is not an object'],
    ['{"severityText":7}', 'resourceLogs[0].scopeLogs[0].logRecords[0].severityText is not a string'],
    ['7', 'logRecords[0] is not an object'],
  ])('refuses the log %s', (text, problem) => {
    expect(() => recordLogs((sink) => decodeOtlpLogsJson(record(text), sink))).toThrow(problem)
  })

  it.each([
    [Buffer.from('{'), 'it is not JSON'],
    [Buffer.from('[]'), 'the body is not an object'],
    [Buffer.from([0x7b, 0xff, 0x7d]), 'not valid UTF-8'],
  ])('refuses %j', (body, problem) => {
    expect(() => recordLogs((sink) => decodeOtlpLogsJson(body, sink))).toThrow(problem)
  })
})
