import { z } from 'zod'

/**
 * Kinds of settings, all made from the text of an environment variable. Chain `.default(value)` with the parsed value
 * (ms, bytes, a list) and end with `.describe()`, which --help and every error message show.
 */

export interface Bounds {
  readonly min?: number
  readonly max?: number
}

/** A whole number. */
export function integer(bounds: Bounds = {}) {
  return z.union([z.string(), z.number()]).transform((text, context) => {
    const value = typeof text === 'number' ? text : /^[+-]?\d+$/.test(text.trim()) ? Number(text) : NaN
    return Number.isSafeInteger(value) ? within(value, bounds, context) : refuse(context, 'must be a whole number')
  })
}

/** A share of something: 0 to 1. */
export function ratio() {
  return z.union([z.string(), z.number()]).transform((text, context) => {
    const value = /^[+]?(\d+\.?\d*|\.\d+)$/.test(String(text).trim()) ? Number(text) : NaN
    return value >= 0 && value <= 1 ? value : refuse(context, 'must be a number from 0 to 1')
  })
}

/** A TCP port; 0 lets the system choose one. */
export function port() {
  return integer({ min: 0, max: 65_535 })
}

const DURATION_UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** A duration in ms: `500ms`, `10s`, `5m`, `2h`, `7d`, or a plain number of ms. */
export function duration(bounds: Bounds = {}) {
  return z.union([z.string(), z.number()]).transform((text, context) => {
    const value = measure(String(text), DURATION_UNITS, 'ms')
    return value === undefined
      ? refuse(context, 'must be a duration such as 500ms, 10s or 7d')
      : within(value, bounds, context)
  })
}

const BYTE_UNITS: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
}

/** A size in bytes: `64MiB`, `512KiB`, `1GB`, or a plain number of bytes. */
export function bytes(bounds: Bounds = {}) {
  return z.union([z.string(), z.number()]).transform((text, context) => {
    const value = measure(String(text), BYTE_UNITS, 'b')
    return value === undefined
      ? refuse(context, 'must be a size such as 512KiB or 64MiB')
      : within(value, bounds, context)
  })
}

/** Texts separated by commas; blanks around them and empty ones do not count. At least one. */
export function list() {
  return z.union([z.string(), z.array(z.string())]).transform((text, context) => {
    const items = (typeof text === 'string' ? text.split(',') : text)
      .map((item) => item.trim())
      .filter((item) => item !== '')
    return items.length > 0 ? items : refuse(context, 'must name at least one')
  })
}

/** true, yes, on, 1 and their opposites, in any case. */
export function flag() {
  return z.union([z.stringbool(), z.boolean()])
}

/** One of some words, in any case; the value is the word as it is given here. */
export function word<const W extends string>(...words: readonly W[]) {
  return z.string().transform((text, context): W => {
    const found = words.find((candidate) => candidate.toLowerCase() === text.trim().toLowerCase())
    return found ?? refuse(context, `must be one of ${words.join(', ')}`)
  })
}

/** A text that --print-config and error messages never show. */
export function secret({ minLength = 1 }: { readonly minLength?: number } = {}) {
  return z.string().min(minLength).meta({ secret: true })
}

function measure(text: string, units: Readonly<Record<string, number>>, plain: string): number | undefined {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/.exec(text.trim().toLowerCase()) ?? []
  const factor = units[unit === '' ? plain : unit]
  return digits === undefined || factor === undefined ? undefined : Math.round(Number(digits) * factor)
}

function within(value: number, { min, max }: Bounds, context: z.RefinementCtx): number {
  if (min !== undefined && value < min) return refuse(context, `must be at least ${min}`)
  return max !== undefined && value > max ? refuse(context, `must be at most ${max}`) : value
}

function refuse(context: z.RefinementCtx, message: string): never {
  context.issues.push({ code: 'custom', message, input: context.value })
  return z.NEVER
}
