/** Writes every generated file that is committed. `--check` writes nothing, names those that differ, and exits 1 when there are any. */
import { join } from 'node:path'
import { generateContracts } from './contracts-gen/generate-contracts.ts'
import { generateDescriptors } from './contracts-gen/generate-descriptors.ts'
import { generateApiReference } from './docs-gen/api-reference.ts'
import { generateOpenApi } from './docs-gen/openapi.ts'
import { staleOutputs, writeOutputs } from './generate-outputs.ts'

const root = join(import.meta.dirname, '..')
const outputs = [
  ...generateContracts(root),
  ...generateDescriptors(root),
  ...generateApiReference(root),
  ...generateOpenApi(),
]
const stale = staleOutputs(root, outputs)
if (process.argv.includes('--check')) {
  for (const path of stale) process.stderr.write(`${path} is stale; run npm run generate\n`)
  process.exit(stale.length === 0 ? 0 : 1)
}
writeOutputs(root, outputs)
process.stderr.write(`${outputs.length} generated files, ${stale.length} of them changed\n`)
