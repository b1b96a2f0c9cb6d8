import { describe, expect, it } from '@jest/globals'
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'

type Part = Readonly<Record<string, unknown>>

interface Jaeger {
  readonly service: {
    readonly extensions: string[]
    readonly pipelines: Readonly<Record<string, Readonly<Record<string, string[]>>>>
  }
  readonly extensions: {
    readonly jaeger_storage: { readonly backends: Part }
    readonly jaeger_query: {
      readonly storage: { readonly traces: string }
      readonly http: { readonly endpoint: string }
    }
  }
  readonly receivers: { readonly otlp: { readonly protocols: Readonly<Record<string, { readonly endpoint: string }>> } }
  readonly processors: Part
  readonly exporters: { readonly jaeger_storage_exporter: { readonly trace_storage: string } }
}

interface Compose {
  readonly services: Readonly<
    Record<string, { readonly ports?: string[]; readonly environment?: Readonly<Record<string, string>> }>
  >
}

const jaeger = parse(readFileSync('configs/jaeger.yml', 'utf8')) as Jaeger
const compose = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as Compose
const portOf = (endpoint: string): string => endpoint.split(':').at(-1) ?? ''

describe('configs/jaeger.yml', () => {
  it('names nothing in a pipeline that it does not configure', () => {
    const { receivers, processors, exporters, extensions, service } = jaeger
    const parts: Readonly<Record<string, Part>> = { receivers, processors, exporters }
    for (const pipeline of Object.values(service.pipelines)) {
      for (const [kind, names] of Object.entries(pipeline)) {
        expect(Object.keys(parts[kind] ?? {})).toEqual(expect.arrayContaining(names))
      }
    }
    expect(Object.keys(extensions).sort()).toEqual([...service.extensions].sort())
  })

  it('writes to and reads from the store that it has', () => {
    const stores = Object.keys(jaeger.extensions.jaeger_storage.backends)
    expect(stores).toContain(jaeger.exporters.jaeger_storage_exporter.trace_storage)
    expect(stores).toContain(jaeger.extensions.jaeger_query.storage.traces)
  })

  it('listens where the services send, and shows its page where the compose file publishes it', () => {
    const sent = compose.services.enricher?.environment?.PEGEL_TRACES_ENDPOINT ?? ''
    expect(sent).toContain(`http://jaeger:${portOf(jaeger.receivers.otlp.protocols.http?.endpoint ?? '')}`)
    const published = compose.services.jaeger?.ports?.join() ?? ''
    expect(published).toContain(`:${portOf(jaeger.extensions.jaeger_query.http.endpoint)}`)
  })
})
