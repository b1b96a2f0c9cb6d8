import { messageOf } from '@pegel/errors'
import type { AdminServer } from '../admin-server.ts'
import type { AdminPoint } from '../host-component.ts'
import type { Answers, FromWorker, Question, ToWorker } from './messages.ts'

/** In the place of an admin server: answers what the first process asks on behalf of those who ask it. */
export function answerPrimary({ health, metrics, port, log }: AdminPoint): Promise<AdminServer> {
  const answerers: { readonly [Q in Question]: () => Promise<Answers[Q]> } = {
    readiness: () => health.ask(),
    metrics: () => metrics?.collect() ?? Promise.resolve([]),
  }
  onOrder((order) => {
    if (order.kind !== 'ask') return
    const { id, question } = order
    answerers[question]().then(
      (answer) => send({ kind: 'answer', id, answer }),
      (error: unknown) => log.warn('could not answer for this worker', { question, problem: messageOf(error) }),
    )
  })
  return Promise.resolve({ port, close: () => Promise.resolve() })
}

/** From now on this worker's end is no failure to start. */
export function sayListening(): void {
  send({ kind: 'listening' })
}

/** A worker ends when it is told to, and when a signal that was meant for all says so; never at once, that is up to the first process. */
export function onStop(stop: () => void): void {
  onOrder(({ kind }) => {
    if (kind === 'stop') stop()
  })
}

function onOrder(listen: (order: ToWorker) => void): void {
  process.on('message', (order) => listen(order as ToWorker))
}

/** Where the first process is gone, there is nobody to tell. */
function send(message: FromWorker): void {
  if (process.connected) process.send?.(message)
}
