import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { z } from 'zod'
import { baseConfig } from './base-config.ts'
import { environment } from './environment.ts'
import { loadConfig } from './load-config.ts'
import { printConfig, REDACTED, settingsHelp } from './print-config.ts'
import { bytes, duration, flag, integer, list, port, ratio, secret, word } from './settings.ts'
import { tracesUrl } from './traces-url.ts'

const schema = z.object({
  DEMO_URL: z.url().describe('Where it is.'),
  DEMO_TOKEN: secret().describe('Opens it.'),
  DEMO_LIMIT: integer({ min: 1, max: 10 }).default(5).describe('How many.'),
  DEMO_NOTE: z.string().optional().describe('Anything.'),
})
const valid = { DEMO_URL: 'http://there', DEMO_TOKEN: 'swordfish' }

function problemsOf(env: Readonly<Record<string, string>>): readonly string[] {
  const loaded = loadConfig(schema, env)
  return loaded.ok ? [] : loaded.problems
}

function read(type: z.ZodType, text: string): unknown {
  const parsed = type.safeParse(text)
  return parsed.success ? parsed.data : parsed.error.issues.map((issue) => issue.message)
}

describe('loadConfig', () => {
  it('gives values and defaults', () => {
    expect(loadConfig(schema, { ...valid, DEMO_LIMIT: '7', OTHER: 'x' })).toEqual({
      ok: true,
      config: { ...valid, DEMO_LIMIT: 7 },
    })
    expect(loadConfig(schema, valid)).toEqual({ ok: true, config: { ...valid, DEMO_LIMIT: 5 } })
  })

  it('reports all problems at once, each with variable, problem and description', () => {
    expect(problemsOf({ DEMO_URL: 'nowhere', DEMO_LIMIT: '11' })).toEqual([
      'DEMO_URL Invalid URL (is "nowhere"). Where it is.',
      'DEMO_TOKEN is not set. Opens it.',
      'DEMO_LIMIT must be at most 10 (is "11"). How many.',
    ])
  })

  it('takes an empty variable as not set', () => {
    expect(problemsOf({ ...valid, DEMO_LIMIT: '', DEMO_TOKEN: '' })).toEqual(['DEMO_TOKEN is not set. Opens it.'])
  })

  it('never shows a secret in a problem', () => {
    const strict = z.object({ T: secret().regex(/^a/).describe('Token.') })
    const loaded = loadConfig(strict, { T: 'swordfish' })
    expect(loaded.ok).toBe(false)
    expect(JSON.stringify(loaded)).not.toContain('swordfish')
  })
})

describe('printConfig and settingsHelp', () => {
  it('prints an environment file without secrets', () => {
    const loaded = loadConfig(schema, valid)
    if (!loaded.ok) throw new Error(loaded.problems.join())
    expect(printConfig(schema, loaded.config)).toBe(
      `DEMO_URL=http://there\nDEMO_TOKEN=${REDACTED}\nDEMO_LIMIT=5\nDEMO_NOTE=\n`,
    )
  })

  it('says what is required and what the defaults are', () => {
    const help = settingsHelp(schema)
    expect(help).toContain('DEMO_URL (required)\n      Where it is.')
    expect(help).toContain('DEMO_LIMIT (default 5)')
    expect(help).toContain('DEMO_NOTE\n')
  })

  it('finds marks below a default', () => {
    const marked = z.object({ A: secret().describe('Inside.').default('hidden') })
    expect(settingsHelp(marked)).toBe(`  A (default ${REDACTED})\n      Inside.\n`)
  })
})

describe('settings', () => {
  it.each([
    [integer(), '12', 12],
    [integer(), '1.5', ['must be a whole number']],
    [integer({ min: 2 }), '1', ['must be at least 2']],
    [port(), '0', 0],
    [port(), '65536', ['must be at most 65535']],
    [ratio(), '0.25', 0.25],
    [ratio(), '1', 1],
    [ratio(), '1.1', ['must be a number from 0 to 1']],
    [ratio(), '1e-1', ['must be a number from 0 to 1']],
    [ratio(), 'half', ['must be a number from 0 to 1']],
    [duration(), '250', 250],
    [duration(), '1.5s', 1500],
    [duration(), '7d', 604_800_000],
    [duration(), '7 weeks', ['must be a duration such as 500ms, 10s or 7d']],
    [duration({ min: 10 }), '1ms', ['must be at least 10']],
    [bytes(), '512KiB', 524_288],
    [bytes(), '2 MB', 2_000_000],
    [bytes(), 'much', ['must be a size such as 512KiB or 64MiB']],
    [list(), ' a, b,,c ', ['a', 'b', 'c']],
    [list(), ' , ', ['must name at least one']],
    [flag(), 'Yes', true],
    [flag(), 'off', false],
    [word('info', 'warn'), 'WARN', 'warn'],
    [word('info', 'warn'), 'loud', ['must be one of info, warn']],
  ])('reads %# %s', (type, text, expected) => {
    expect(read(type, text)).toEqual(expected)
  })

  it('reads every whole number of milliseconds back', () => {
    fc.assert(fc.property(fc.nat(), (ms) => read(duration(), String(ms)) === ms && read(duration(), `${ms}ms`) === ms))
  })
})

describe('baseConfig', () => {
  it('has a default and a description for every setting', () => {
    expect(loadConfig(baseConfig, {})).toMatchObject({
      ok: true,
      config: { PEGEL_KAFKA_BROKERS: ['localhost:9092'], MONITORING_RETENTION_DAYS: 30, MONITORING_LOG_LEVEL: 'info' },
    })
    expect(settingsHelp(baseConfig)).not.toMatch(/\n {6}\n/)
  })

  it('reads the environment of this process through environment()', () => {
    expect(environment()).toBe(process.env)
  })
})

describe('tracesUrl', () => {
  const own = 'PEGEL_TRACES_ENDPOINT'
  const traces = 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'
  const general = 'OTEL_EXPORTER_OTLP_ENDPOINT'
  it.each([
    ['nothing is set', {}, undefined],
    ['ours has no path', { [own]: 'http://jaeger:4318' }, 'http://jaeger:4318/v1/traces'],
    ['ours has no path but a slash', { [own]: 'http://jaeger:4318/' }, 'http://jaeger:4318/v1/traces'],
    ['ours has a path', { [own]: 'https://x/otlp/v1/traces' }, 'https://x/otlp/v1/traces'],
    ['ours and theirs', { [own]: 'http://a/t', [traces]: 'http://b', [general]: 'http://c' }, 'http://a/t'],
    ['the one for traces, as it is', { [traces]: 'http://b/', [general]: 'http://c' }, 'http://b/'],
    ['the general one', { [general]: 'http://c:4318/otlp/' }, 'http://c:4318/otlp/v1/traces'],
    ['an empty one', { [own]: '', [general]: 'http://c' }, 'http://c/v1/traces'],
  ])('follows what is set: %s', (_what, env, url) => {
    const loaded = loadConfig(baseConfig, env)
    if (!loaded.ok) throw new Error(loaded.problems.join())
    expect(tracesUrl(loaded.config)).toBe(url)
  })

  it('refuses what is no HTTP address', () => {
    const loaded = loadConfig(baseConfig, { [own]: 'jaeger:4317', [general]: 'grpc://c' })
    expect(loaded.ok ? [] : loaded.problems.map((line) => line.split(' ')[0])).toEqual([own, general])
  })
})
