import { expect, it } from '@jest/globals'
import protoLoader from '@grpc/proto-loader'
import { join } from 'node:path'
import { INGEST_DESCRIPTORS } from '../../libs/contracts/src/generated/ingest-proto.generated.ts'
import { staleOutputs } from '../generate-outputs.ts'
import { generateDescriptors } from './generate-descriptors.ts'

it('the committed file is what is generated; npm run generate mends it', () => {
  const root = join(import.meta.dirname, '../..')
  expect(staleOutputs(root, generateDescriptors(root))).toEqual([])
})

it('holds the services and every message that they use', () => {
  const loaded = protoLoader.loadFileDescriptorSetFromBuffer(Buffer.from(INGEST_DESCRIPTORS, 'base64'))
  expect(Object.keys(loaded)).toEqual(
    expect.arrayContaining([
      'pegel.ingest.v1.Ingest',
      'pegel.alerts.v1.Alerts',
      'opentelemetry.proto.collector.metrics.v1.MetricsService',
      'opentelemetry.proto.collector.logs.v1.LogsService',
      'opentelemetry.proto.metrics.v1.ResourceMetrics',
      'google.protobuf.Duration',
    ]),
  )
})
