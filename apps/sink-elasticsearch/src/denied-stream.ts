import { classify } from './classify.ts'
import type { ElasticsearchClient } from './elasticsearch.client.ts'
import { elasticsearchErrors } from './errors.ts'

/** A document without a time: refused as such by those who would take a document, so that nothing is stored. */
const PROBE = Buffer.from('{"create":{}}\n{}\n')

/** Where the credentials did not suffice last: a check tries again there, since the cluster's health shows nothing of it. */
export class DeniedStream {
  readonly #client: Pick<ElasticsearchClient, 'bulk'>
  #stream: string | undefined

  constructor(client: Pick<ElasticsearchClient, 'bulk'>) {
    this.#client = client
  }

  note(stream: string): void {
    this.#stream = stream
  }

  /** @throws elasticsearchErrors.write_denied while it is still so */
  async check(signal: AbortSignal): Promise<void> {
    const stream = this.#stream
    if (stream === undefined) return
    const answer = await this.#client.bulk({ index: stream, dataStream: true, body: PROBE }, signal)
    const verdict = classify(answer, 1, Date.now())
    const denied = verdict.kind === 'items' ? verdict.items[0] : verdict
    if (denied?.kind === 'denied') throw elasticsearchErrors.write_denied({ stream, message: denied.message })
    this.#stream = undefined
  }
}
