import { z } from 'zod'
import { parseDuration } from '../duration.ts'

const HINT = 'Write a duration such as 30s, 10m, 1h30m or 7d.'
const anyDuration = z.string().transform((text) => parseDuration(text) ?? Number.NaN)

export const durationSchema = anyDuration.refine((ms) => ms > 0, HINT)
export const durationOrZero = anyDuration.refine((ms) => ms >= 0, HINT.replace('30s', '0s, 30s'))
