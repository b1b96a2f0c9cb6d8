import { join } from 'node:path'
import protoLoader from '@grpc/proto-loader'
import type { Output } from '../generate-outputs.ts'

const LIBRARY = 'libs/contracts'
const FILES = [
  'pegel/ingest/v1/ingest.proto',
  'pegel/alerts/v1/alerts.proto',
  'opentelemetry/proto/collector/metrics/v1/metrics_service.proto',
  'opentelemetry/proto/collector/logs/v1/logs_service.proto',
]
const BYTES_TAG = 0x0a // FileDescriptorSet.file = 1

/** From libs/contracts/proto: what server reflection tells, as a constant, so that no program reads a file at run time. */
export function generateDescriptors(root: string): Output[] {
  const loaded = protoLoader.loadSync(FILES, { includeDirs: [join(root, LIBRARY, 'proto')], keepCase: true })
  const files = new Set<string>()
  for (const definition of Object.values(loaded)) {
    const { fileDescriptorProtos = [] } = definition as { readonly fileDescriptorProtos?: readonly Buffer[] }
    for (const file of fileDescriptorProtos) files.add(Buffer.from(file).toString('base64'))
  }
  const set = Buffer.concat([...files].sort().map((file) => lengthPrefixed(Buffer.from(file, 'base64'))))
  const text = [
    '// Made by `npm run generate` from proto/; do not edit.',
    '',
    '/** A google.protobuf.FileDescriptorSet, in base64: the gRPC services of the ingest-gateway and all messages that they use. */',
    `export const INGEST_DESCRIPTORS = '${set.toString('base64')}'`,
    '',
  ]
  return [{ path: `${LIBRARY}/src/generated/ingest-proto.generated.ts`, text: text.join('\n') }]
}

function lengthPrefixed(bytes: Buffer): Buffer {
  const head = [BYTES_TAG]
  let rest = bytes.length
  for (; rest > 127; rest >>>= 7) head.push((rest & 127) | 128)
  return Buffer.concat([Buffer.from([...head, rest]), bytes])
}
