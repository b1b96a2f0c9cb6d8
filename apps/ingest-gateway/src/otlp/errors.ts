import { defineErrors } from '@pegel/errors'

export const otlpErrors = defineErrors('otlp', {
  malformed: {
    retryable: false,
    text: 'The body is not a valid OTLP request: {problem}. Nothing of it was stored.',
  },
})

/** Throws otlp.malformed; typed so that it can stand in an expression. */
export function malformed(problem: string): never {
  throw otlpErrors.malformed({ problem })
}
