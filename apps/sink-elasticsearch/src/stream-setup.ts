import type { ElasticsearchClient } from './elasticsearch.client.ts'
import { templatesOf } from './templates.ts'
import type { TemplateOptions } from './templates.ts'
import { WIDE_BOUNDS } from './time-bounds.ts'
import type { TimeBounds, TimeBoundsSetting } from './time-bounds.ts'

export interface StreamSetupOptions extends Omit<TemplateOptions, 'bounds'> {
  readonly client: ElasticsearchClient
  readonly bounds: TimeBoundsSetting
}

/** Makes templates once per process and data streams once per name, ahead of the data. */
export class StreamSetup {
  readonly #options: StreamSetupOptions
  #templates: Promise<TimeBounds> | undefined
  readonly #streams = new Map<string, Promise<void>>()

  constructor(options: StreamSetupOptions) {
    this.#options = options
  }

  ensure(stream: string, signal: AbortSignal): Promise<void> {
    const known = this.#streams.get(stream)
    if (known !== undefined) return known
    const making = this.#make(stream, signal)
    this.#streams.set(stream, making)
    making.catch(() => this.#streams.delete(stream))
    return making
  }

  /** Somebody has removed the stream or the templates. */
  again(stream: string, signal: AbortSignal): Promise<void> {
    this.#templates = undefined
    this.#streams.delete(stream)
    return this.ensure(stream, signal)
  }

  /** Without Elasticsearch's data stream module there is no call to make a stream: the first write does, by the template. */
  async #make(stream: string, signal: AbortSignal): Promise<void> {
    this.#templates ??= this.#putTemplates(signal)
    const bounds = await this.#templates.catch((error: unknown) => {
      this.#templates = undefined
      throw error
    })
    const { client, fieldLimit } = this.#options
    if (bounds.kind === 'managed') await client.createStream(stream, signal)
    await client.setFieldLimit(stream, fieldLimit, signal)
  }

  async #putTemplates(signal: AbortSignal): Promise<TimeBounds> {
    const { client } = this.#options
    const bounds = await this.#bounds(signal)
    for (const template of templatesOf({ ...this.#options, bounds })) await client.putTemplate(template, signal)
    return bounds
  }

  async #bounds(signal: AbortSignal): Promise<TimeBounds> {
    const { client, bounds } = this.#options
    if (bounds.kind !== 'auto') return bounds
    return (await client.managesTimeBounds(signal)) ? { kind: 'managed' } : WIDE_BOUNDS
  }
}
