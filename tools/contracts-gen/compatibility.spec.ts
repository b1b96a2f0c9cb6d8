import { describe, expect, it } from '@jest/globals'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AvroJson } from '../../libs/contracts/src/avro/canonical-form.ts'
import { schemaFingerprint } from '../../libs/contracts/src/avro/canonical-form.ts'
import { incompatibilities } from './compatibility.ts'

const folder = join(import.meta.dirname, '../../libs/contracts/schemas')
const read = (file: string): AvroJson => JSON.parse(readFileSync(join(folder, file), 'utf8')) as AvroJson
const current = readdirSync(folder).filter((file) => file.endsWith('.avsc'))
const history = readdirSync(join(folder, 'history')).filter((file) => file.endsWith('.avsc'))
const versions = (file: string): string[] => history.filter((old) => old.startsWith(file.replace(/avsc$/, '')))

describe('the published schemas', () => {
  it.each(current)('%s is FULL_TRANSITIVE compatible with all that came before', (file) => {
    const schemas = [read(file), ...versions(file).map((old) => read(`history/${old}`))]
    for (const [index, newer] of schemas.entries()) {
      for (const older of schemas.slice(index + 1)) expect(incompatibilities(older, newer)).toEqual([])
    }
  })

  it.each(current)('%s is among those that are kept', (file) => {
    expect(versions(file)).toContain(file.replace(/avsc$/, `${schemaFingerprint(read(file))}.avsc`))
  })

  it.each(history)('%s is unchanged: its name holds its fingerprint', (file) => {
    expect(file).toMatch(new RegExp(`^[a-z-]+\\.v\\d+\\.${schemaFingerprint(read(`history/${file}`))}\\.avsc$`))
  })
})

interface Field {
  readonly name: string
  readonly type: AvroJson
  readonly default?: AvroJson
}
const record = (...fields: Field[]): AvroJson => ({ type: 'record', name: 'R', fields: fields as unknown as AvroJson })
const id: Field = { name: 'id', type: 'long' }
const note: Field = { name: 'note', type: 'string', default: '' }
const kind = (...symbols: string[]): Field => ({ name: 'kind', type: { type: 'enum', name: 'K', symbols } })
const open = (...symbols: string[]): Field => ({
  name: 'kind',
  type: { type: 'enum', name: 'K', symbols, default: 'a' },
})

describe('the check', () => {
  it.each([
    ['a field with a default is added', record(id), record(id, note)],
    ['a field with a default goes', record(id, note), record(id)],
    ['fields change places', record(id, note), record(note, id)],
    ['a symbol is added to an enum with a default', record(open('a')), record(open('a', 'b'))],
  ])('allows that %s', (_, older, newer) => {
    expect(incompatibilities(older, newer)).toEqual([])
  })

  it.each([
    ['a field without a default is added', record(id), record(id, { name: 'note', type: 'string' })],
    ['a field without a default goes', record(id, { name: 'note', type: 'string' }), record(id)],
    ['a field is renamed', record(id), record({ name: 'key', type: 'long' })],
    ['a type grows', record({ name: 'id', type: 'int' }), record(id)],
    ['a type becomes nullable', record(id), record({ name: 'id', type: ['null', 'long'] })],
    [
      'a branch is added to a union',
      record({ ...id, type: ['null', 'long'] }),
      record({ ...id, type: ['null', 'long', 'string'] }),
    ],
    ['a symbol is added to an enum without a default', record(kind('a')), record(kind('a', 'b'))],
    ['the record is renamed', record(id), { type: 'record', name: 'S', fields: [{ name: 'id', type: 'long' }] }],
  ])('fails when %s', (_, older, newer) => {
    expect(incompatibilities(older, newer).length).toBeGreaterThan(0)
  })
})
