import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AvroJson } from '../../libs/contracts/src/avro/canonical-form.ts'
import { schemaFingerprint } from '../../libs/contracts/src/avro/canonical-form.ts'
import type { Output } from '../generate-outputs.ts'
import { renderTypes } from './render-types.ts'

const LIBRARY = 'libs/contracts'

/**
 * Records whose longs do not fit a double (nanoseconds since the epoch) have bigint longs.
 * It must agree with libs/contracts/src/avro/types.ts.
 */
const EXACT = new Set(['MetricBatch'])

interface SchemaFile {
  readonly file: string
  readonly name: string
  readonly fullName: string
  readonly schema: AvroJson
  readonly fingerprint: string
}

/**
 * From each libs/contracts/schemas/<record>.v<major>.avsc: types and a schema constant, so that no program reads a file at run
 * time; and a copy under schemas/history, named by its fingerprint, which stays when the schema changes.
 */
export function generateContracts(root: string): Output[] {
  const folder = join(root, LIBRARY, 'schemas')
  return schemaFiles(folder).flatMap((current) => {
    const stem = current.file.replace(/\.avsc$/, '')
    const archived = schemaFiles(join(folder, 'history')).filter(({ file }) => file.startsWith(`${stem}.`))
    const history = archived.filter(({ fingerprint }) => fingerprint !== current.fingerprint)
    const source: Output = {
      path: `${LIBRARY}/src/generated/${stem.replace(/\.v\d+$/, '')}.generated.ts`,
      text: renderFile(current, history),
    }
    if (archived.length > history.length) return [source]
    const copy = readFileSync(join(folder, current.file), 'utf8')
    return [source, { path: `${LIBRARY}/schemas/history/${stem}.${current.fingerprint}.avsc`, text: copy }]
  })
}

function schemaFiles(folder: string): SchemaFile[] {
  const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.name.endsWith('.avsc'))
  return files.map(({ name: file }) => readSchema(folder, file)).sort((a, b) => (a.file < b.file ? -1 : 1))
}

function readSchema(folder: string, file: string): SchemaFile {
  const schema = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { name: string; namespace: string }
  const fullName = `${schema.namespace}.${schema.name}`
  return { file, name: schema.name, fullName, schema, fingerprint: schemaFingerprint(schema) }
}

function renderFile(current: SchemaFile, history: readonly SchemaFile[]): string {
  const { file, name, fullName, schema, fingerprint } = current
  const constant = `${name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase()}_SCHEMA`
  const older = history.map((entry) => `    ${JSON.stringify(entry.fingerprint)}: ${literal(entry.schema)},\n`).join('')
  return [
    `// Made by \`npm run generate\` from schemas/${file}; do not edit.\n`,
    renderTypes(schema, { longType: EXACT.has(name) ? 'bigint' : 'number' }),
    `export const ${constant} = {`,
    `  name: ${JSON.stringify(name)},`,
    `  fullName: ${JSON.stringify(fullName)},`,
    `  fingerprint: ${JSON.stringify(fingerprint)},`,
    `  json: ${literal(schema)},`,
    '  /** Older schemas of this record, by fingerprint. */',
    `  history: {${older === '' ? '' : `\n${older}  `}} as Readonly<Record<string, string>>,`,
    '} as const\n',
  ].join('\n')
}

function literal(schema: AvroJson): string {
  return JSON.stringify(JSON.stringify(schema))
}
