import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { staleOutputs, writeOutputs } from '../generate-outputs.ts'
import { generateContracts } from './generate-contracts.ts'

it('the committed files are what is generated; npm run generate mends it', () => {
  const root = join(import.meta.dirname, '../..')
  expect(staleOutputs(root, generateContracts(root))).toEqual([])
})

describe('generateContracts', () => {
  const schemas = 'libs/contracts/schemas'
  let root: string
  const write = (schema: object): void =>
    writeFileSync(join(root, schemas, 'thing-done.v1.avsc'), JSON.stringify(schema))
  const generated = (): string =>
    readFileSync(join(root, 'libs/contracts/src/generated/thing-done.generated.ts'), 'utf8')
  const schema = (...more: object[]): object => ({
    type: 'record',
    name: 'ThingDone',
    namespace: 'pegel.v1',
    doc: 'What was done.',
    fields: [
      { name: 'count', type: 'long', doc: 'How often.' },
      { name: 'tags', type: { type: 'map', values: ['null', 'string'] } },
      { name: 'states', type: { type: 'array', items: { type: 'enum', name: 'State', symbols: ['on', 'off'] } } },
      {
        name: 'nested',
        type: [
          { type: 'record', name: 'A', fields: [] },
          { type: 'record', name: 'B', fields: [] },
        ],
      },
      { name: 'typed', type: { type: 'string', 'logical-name': 'x' } },
      ...more,
    ],
  })

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'pegel-generate-'))
    mkdirSync(join(root, schemas, 'history'), { recursive: true })
  })

  afterEach(() => rmSync(root, { recursive: true }))

  it('renders types, and keeps each schema under its fingerprint', () => {
    write(schema())
    const outputs = generateContracts(root)
    expect(outputs.map(({ path }) => path)).toEqual([
      'libs/contracts/src/generated/thing-done.generated.ts',
      expect.stringMatching(/^libs\/contracts\/schemas\/history\/thing-done\.v1\.[0-9a-f]{16}\.avsc$/),
    ])
    expect(staleOutputs(root, outputs)).toHaveLength(2)
    writeOutputs(root, outputs)
    expect(generated()).toContain(`/** What was done. */
export interface ThingDone {
  /** How often. */
  readonly count: number
  readonly tags: Readonly<Record<string, string | null>>
  readonly states: readonly State[]
  readonly nested: { readonly 'pegel.v1.A': A } | { readonly 'pegel.v1.B': B }
  readonly typed: string
}`)
    expect(generated()).toContain("export type State = 'on' | 'off'")
    expect(generated()).toContain('export const THING_DONE_SCHEMA = {')
    expect(staleOutputs(root, generateContracts(root))).toEqual([])
  })

  it('keeps the old schema readable when it changes', () => {
    write(schema())
    writeOutputs(root, generateContracts(root))
    const before = /fingerprint: "(\w+)"/.exec(generated())?.[1] ?? ''
    write(schema({ name: 'more', type: 'bytes', default: '' }))
    expect(staleOutputs(root, generateContracts(root))).toHaveLength(2)
    writeOutputs(root, generateContracts(root))
    expect(generated()).toMatch(new RegExp(`history: \\{\n    "${before}": "`))
    expect(staleOutputs(root, generateContracts(root))).toEqual([])
  })
})
