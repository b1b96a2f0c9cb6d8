import { Catch, HttpException } from '@nestjs/common'
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { gatewayErrors } from '../../errors.ts'
import { errorAnswer } from '../otlp-http/answers.ts'
import { encodingOf } from '../otlp-http/media-type.ts'
import { send } from './send.ts'

/** What Nest and Fastify refuse by themselves (no such path, a header that is none) in the same words as everything else. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  async catch(thrown: unknown, host: ArgumentsHost): Promise<void> {
    const http = host.switchToHttp()
    const request = http.getRequest<FastifyRequest>()
    const encoding = encodingOf(request.headers['content-type']) ?? 'json'
    await send(http.getResponse<FastifyReply>(), errorAnswer(meaningOf(thrown, request), encoding))
  }
}

function meaningOf(thrown: unknown, request: FastifyRequest): unknown {
  const status = statusOf(thrown)
  if (status === 404) return gatewayErrors.not_found({ path: request.url.split('?', 1)[0] ?? '' })
  if (status === 415) return gatewayErrors.media_type({ type: request.headers['content-type'] ?? '(none)' })
  if (status === undefined || status >= 500) return thrown
  return gatewayErrors.bad_request({ problem: thrown instanceof Error ? thrown.message : `status ${status}` })
}

function statusOf(thrown: unknown): number | undefined {
  if (thrown instanceof HttpException) return thrown.getStatus()
  const { statusCode } = (thrown ?? {}) as { readonly statusCode?: unknown }
  return typeof statusCode === 'number' ? statusCode : undefined
}
