import { join } from 'node:path'
import { openApiText } from '../../apps/ingest-gateway/src/doors/openapi/document.ts'
import type { Output } from '../generate-outputs.ts'

/** docs/openapi.json: what the gateway serves at /openapi.json. */
export function generateOpenApi(): Output[] {
  return [{ path: join('docs', 'openapi.json'), text: openApiText() }]
}
