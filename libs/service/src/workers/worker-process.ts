import cluster from 'node:cluster'
import type { Worker } from 'node:cluster'
import { workerEnvironment } from '@pegel/config'
import type { Answers, FromWorker, Question, ToWorker } from './messages.ts'

/** Longer than a check may take that the worker runs for its answer. */
const ANSWER_TIMEOUT_MS = 3000

export interface WorkerEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** One worker as its starter sees it: asked, stopped, and gone at last. */
export class WorkerProcess {
  /** From 1; one that takes another's place has its number. */
  readonly number: number
  readonly pid: number
  readonly ended: Promise<WorkerEnd>
  #listening = false
  readonly #worker: Worker
  readonly #asked = new Map<number, (answer: Answers[Question]) => void>()
  #lastId = 0

  constructor(number: number, adminPort: number) {
    this.number = number
    this.#worker = cluster.fork(workerEnvironment(number, adminPort))
    this.pid = this.#worker.process.pid ?? -1
    this.ended = new Promise((resolve) => {
      this.#worker.once('exit', (code: number | null, signal: NodeJS.Signals | null) => resolve({ code, signal }))
    })
    this.#worker.on('message', (message: FromWorker) => this.#hear(message))
  }

  /** It has begun its work; whatever ends it from now on is no failure to start. */
  get listening(): boolean {
    return this.#listening
  }

  /** @returns undefined from one that is gone or does not answer in time */
  async ask<Q extends Question>(question: Q): Promise<Answers[Q] | undefined> {
    const id = ++this.#lastId
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(resolve, ANSWER_TIMEOUT_MS, undefined)
    })
    const answer = new Promise<Answers[Question]>((resolve) => this.#asked.set(id, resolve))
    this.#send({ kind: 'ask', id, question })
    try {
      return (await Promise.race([answer, late, this.ended.then(() => undefined)])) as Answers[Q] | undefined
    } finally {
      clearTimeout(timer)
      this.#asked.delete(id)
    }
  }

  stop(): void {
    this.#send({ kind: 'stop' })
  }

  kill(): void {
    this.#worker.process.kill('SIGKILL')
  }

  #hear(message: FromWorker): void {
    if (message.kind === 'listening') this.#listening = true
    else this.#asked.get(message.id)?.(message.answer)
  }

  /** One that is on its way out cannot be told anything, and its end is known soon. */
  #send(order: ToWorker): void {
    if (this.#worker.isConnected()) this.#worker.send(order, () => undefined)
  }
}
