import type { Server } from '@grpc/grpc-js'
import protoLoader from '@grpc/proto-loader'
import { ReflectionService } from '@grpc/reflection'
import { INGEST_DESCRIPTORS } from '@pegel/contracts'
import { protoPath as healthProto } from 'grpc-health-check'

/** Server reflection (grpc.reflection.v1 and v1alpha): tells grpcurl and the like what can be called, and how. */
export function addReflection(server: Server): void {
  const ingest = protoLoader.loadFileDescriptorSetFromBuffer(Buffer.from(INGEST_DESCRIPTORS, 'base64'))
  const health = protoLoader.loadSync(healthProto, { keepCase: true })
  new ReflectionService({ ...ingest, ...health }).addToServer(server)
}
