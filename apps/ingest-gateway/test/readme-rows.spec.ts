import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { grpcErrors } from '../src/doors/grpc/errors.ts'
import { pegelGrpcErrors } from '../src/doors/pegel-grpc/errors.ts'
import { tableOf } from './support/bad-input-rows.ts'
import { grpcRows } from './support/grpc-rows.ts'

const GRPC = ['grpc', 'otlp-grpc', 'pegel-grpc']
const app = 'apps/ingest-gateway'
const isTest = (file: string): boolean => /\.(it|spec)\.ts$/.test(file)
const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`)

/** Every test of the gateway, without its comments: what only they name is not tested. */
const tests = [...filesOf(`${app}/test`), ...filesOf(`${app}/src`)]
  .filter((file) => isTest(file) && !file.endsWith('readme-rows.spec.ts'))
  .map((file) => readFileSync(file, 'utf8').replaceAll(/^\s*(\/\/|\/?\*).*$/gm, ''))
const text = tests.join('\n')
const quoted = (input: string): readonly string[] => [`'${input}'`, `"${input}"`]

describe('the table of bad input', () => {
  const doors = filesOf(`${app}/src/doors`).filter((file) => file.endsWith('/README.md'))

  it('is there for every door', () => {
    const folders = readdirSync(`${app}/src/doors`, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    expect(doors.sort()).toEqual(folders.map(({ name }) => `${app}/src/doors/${name}/README.md`).sort())
  })

  it.each(
    doors.flatMap((file) => {
      const door = file.slice(`${app}/src/doors/`.length, -'/README.md'.length)
      return tableOf(door).map(({ input }) => [door, input] as const)
    }),
  )('of %s promises an answer that is tested: %s', (door, input) => {
    // A table of a single row is run as it is.
    if (tableOf(door).length === 1) expect(text).toContain(`badInputRows('${door}')`)
    else expect(quoted(input).some((literal) => text.includes(literal))).toBe(true)
  })
})

it.each([...Object.values(grpcErrors), ...Object.values(pegelGrpcErrors)].map(({ code }) => code))(
  'the READMEs explain %s',
  (code) => {
    const rows = GRPC.flatMap(grpcRows)
    expect(rows.map(({ reason }) => reason)).toContain(code)
  },
)
