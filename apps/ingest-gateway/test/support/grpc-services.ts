import { Metadata } from '@grpc/grpc-js'
import protobuf from 'protobufjs'
import { failed, same } from './grpc-client.ts'
import type { RawClient } from './grpc-client.ts'

/** As in grpc.health.v1 and grpc.reflection.v1, what the tests need of them. */
const { root } = protobuf.parse(`
  syntax = "proto3";
  message HealthCheckRequest { string service = 1; }
  message HealthCheckResponse { enum S { UNKNOWN = 0; SERVING = 1; NOT_SERVING = 2; SERVICE_UNKNOWN = 3; } S status = 1; }
  message ReflectionRequest { string file_containing_symbol = 4; string list_services = 7; }
  message Service { string name = 1; }
  message Services { repeated Service service = 1; }
  message Files { repeated bytes file_descriptor_proto = 1; }
  message Failure { int32 error_code = 1; }
  message ReflectionResponse { Files file_descriptor_response = 4; Services list_services_response = 6; Failure error_response = 7; }
`)
function encode(name: string, value: object): Buffer {
  return Buffer.from(root.lookupType(name).encode(value).finish())
}
function decode(name: string, bytes: Buffer): Record<string, unknown> {
  const type = root.lookupType(name)
  return type.toObject(type.decode(bytes), { enums: String })
}

/** What the health service says of a service: its status, or the gRPC status of the call. */
export function healthOf(client: RawClient, service = ''): Promise<string> {
  const request = encode('HealthCheckRequest', { service })
  return new Promise((resolve) => {
    client.client.makeUnaryRequest(
      '/grpc.health.v1.Health/Check',
      same,
      same,
      request,
      new Metadata(),
      (error, answer) => {
        if (error !== null) resolve(failed(error).status)
        else resolve(String(decode('HealthCheckResponse', answer ?? Buffer.alloc(0)).status))
      },
    )
  })
}

type Version = 'v1' | 'v1alpha'

/** Asks server reflection one thing. */
async function reflect(client: RawClient, version: Version, request: object): Promise<Record<string, unknown>> {
  const path = `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`
  const call = client.client.makeBidiStreamRequest(path, same, same, new Metadata())
  const answer = new Promise<Buffer>((resolve, reject) => {
    call.once('data', resolve)
    call.once('error', reject)
  })
  call.write(encode('ReflectionRequest', request))
  const decoded = decode('ReflectionResponse', await answer)
  call.end()
  return decoded
}

/** Names of the services that reflection lists. */
export async function listedServices(client: RawClient, version: Version): Promise<readonly string[]> {
  const { listServicesResponse } = await reflect(client, version, { listServices: '*' })
  return (listServicesResponse as { service: { name: string }[] }).service.map(({ name }) => name)
}

/** How many files reflection gives for a symbol: its own and those that it builds on. */
export async function filesOf(client: RawClient, symbol: string): Promise<number> {
  const { fileDescriptorResponse } = await reflect(client, 'v1', { fileContainingSymbol: symbol })
  return (fileDescriptorResponse as { fileDescriptorProto: Uint8Array[] }).fileDescriptorProto.length
}
