import { buffers } from '@pegel/buffers'
import type { Connection, PoolRequest } from './kafkajs-internals.ts'

/**
 * As kafkajs' Connection.send(), of a request that is encoded whole: kafkajs would copy it twice more.
 * @param encode gives the frame, which may be borrowed
 * @returns the answer as it came, with its error codes
 */
export async function sendFrame(
  connection: Connection,
  { request, response, requestTimeout = null }: PoolRequest,
  encode: (correlationId: number) => Promise<Buffer>,
): Promise<unknown> {
  await connection.authenticate()
  const { apiKey, apiName, apiVersion } = request
  const correlationId = connection.nextCorrelationId()
  const frame = await encode(correlationId)
  connection.failIfNotConnected()
  const { payload } = await new Promise<{ readonly payload: Buffer }>((resolve, reject) => {
    connection.requestQueue.push({
      entry: { apiKey, apiName, apiVersion, correlationId, resolve, reject },
      expectResponse: true,
      requestTimeout,
      sendRequest: () => connection.socket.write(frame),
    })
  })
  const answer = (await response.decode(payload)) as { readonly clientSideThrottleTime?: number }
  connection.requestQueue.maybeThrottle(answer.clientSideThrottleTime)
  // Kafka has answered, so all of it has left.
  buffers.giveBack(frame)
  return answer
}
