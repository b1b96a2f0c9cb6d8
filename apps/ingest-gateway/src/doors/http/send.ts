import type { FastifyReply } from 'fastify'
import type { HttpAnswer } from './http-endpoint.ts'

/** Puts an answer on the wire. */
export async function send(reply: FastifyReply, { status, headers, body }: HttpAnswer): Promise<void> {
  await reply
    .code(status)
    .headers({ ...headers })
    .send(body)
}
