import { describe, expect, it } from '@jest/globals'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { LineCaches } from '../../line-protocol/index.ts'
import { WriteCaches } from '../../remote-write/index.ts'
import { httpRoutes } from '../http-routes.ts'
import type { HttpRoutesOptions } from '../http-routes.ts'
import { openApiDocument, openApiText } from './document.ts'

interface Document {
  readonly paths: Readonly<Record<string, unknown>>
  readonly components: { readonly schemas: Readonly<Record<string, object>> }
}
const document = openApiDocument() as unknown as Document

function validate(schema: string, value: unknown): boolean {
  // A date has a pattern beside its format, which tells as much.
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  ajv.addSchema({ ...document, $id: 'openapi' })
  return ajv.validate({ $ref: `openapi#/components/schemas/${schema}` }, value)
}

describe('the OpenAPI document', () => {
  it('is one of OpenAPI 3.1', async () => {
    const validator = new Validator()
    expect(await validator.validate(openApiText())).toEqual({ valid: true })
    expect(validator.version).toBe('3.1')
  })

  it('refers to nothing that is not there', () => {
    const references = JSON.stringify(document).matchAll(/"#\/([^"]+)"/g)
    for (const [, path = ''] of references) {
      const found = path.split('/').reduce<unknown>((node, key) => (node as Record<string, unknown>)[key], document)
      expect(found).toBeDefined()
    }
  })

  it('has every path that a route has, but for what InfluxDB has and the gateway has not', () => {
    const behind = {} as HttpRoutesOptions['behind']
    const lines = new LineCaches(1)
    const routes = httpRoutes({ behind, lines, writes: new WriteCaches(1), linkSecret: undefined })
    const paths = routes.flatMap((route) => route.paths.map((path) => `/${path.replace(/:(\w+)/g, '{$1}')}`))
    expect(paths.sort()).toEqual([...Object.keys(document.paths), '/query', '/api/v2/*'].sort())
  })

  it('has every method of the paths about alerts', () => {
    const behind = {} as HttpRoutesOptions['behind']
    const lines = new LineCaches(1)
    const routes = httpRoutes({ behind, lines, writes: new WriteCaches(1), linkSecret: undefined })
    const about = routes.filter(({ paths: [path = ''] }) => /alert|silences|overrides/.test(path))
    const methods = about.map(({ paths: [path = ''], endpoint }) => {
      const described = document.paths[`/${path.replace(/:(\w+)/g, '{$1}')}`] as object
      return [path, Object.keys(described).map((name) => name.toUpperCase()), [...endpoint.methods]]
    })
    expect(methods.length).toBeGreaterThan(8)
    for (const [path, described, taken] of methods) expect([path, described]).toEqual([path, taken])
  })

  it.each([
    { name: 'm', value: 1 },
    [{ name: 'm', value: true, timestamp: '2026-01-01T00:00:00.5+01:00', labels: { a: 'b', n: 1 } }],
    { name: 'm', type: 'histogram', value: { count: 1, bounds: [1], counts: [1, 0] }, temporality: 'delta' },
    [{ model_inference_time: 0.045 }, { tracks_generated: 125, tenant_id: 'acme' }],
  ])('describes what the door takes: %j', (points) => {
    expect(validate('Points', points)).toBe(true)
  })

  it.each([{ name: 'm' }, { name: '', value: 1 }, { name: 'm', value: 1, lables: {} }, { name: 'm', value: 'x' }, 7])(
    'does not describe what it refuses: %j',
    (points) => {
      expect(validate('Points', points)).toBe(false)
    },
  )
})
