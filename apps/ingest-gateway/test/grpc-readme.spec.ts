import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { grpcErrors } from '../src/doors/grpc/errors.ts'
import { pegelGrpcErrors } from '../src/doors/pegel-grpc/errors.ts'
import { grpcRows } from './support/grpc-rows.ts'

const here = 'apps/ingest-gateway/test'
const tests = [
  ...readdirSync(here)
    .filter((name) => name.includes('grpc') && name.endsWith('.it.ts'))
    .map((name) => `${here}/${name}`),
  'apps/ingest-gateway/src/doors/grpc/admission.spec.ts',
  'apps/ingest-gateway/src/doors/pegel-grpc/ingest-stream.spec.ts',
]
const text = tests.map((file) => readFileSync(file, 'utf8')).join('\n')

describe.each(['grpc', 'otlp-grpc', 'pegel-grpc'])('the README of %s', (door) => {
  it.each(grpcRows(door).map(({ input }) => input))('promises an answer that is tested: %s', (input) => {
    expect(text).toContain(input)
  })
})

it.each([...Object.values(grpcErrors), ...Object.values(pegelGrpcErrors)].map(({ code }) => code))(
  'the READMEs explain %s',
  (code) => {
    const rows = ['grpc', 'otlp-grpc', 'pegel-grpc'].flatMap(grpcRows)
    expect(rows.map(({ reason }) => reason)).toContain(code)
  },
)
