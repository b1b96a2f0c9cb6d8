import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { requireKafka, uniqueName } from '@pegel/testing'
import { build } from 'esbuild'

const root = process.cwd()

/** Builds the tiny component, under a name of its own for each file of tests. @returns the program */
export async function buildTiny(name: string): Promise<string> {
  const outfile = join(root, 'dist', 'test', name, 'main.js')
  await build({
    entryPoints: [join(root, 'libs/service/test/tiny/main.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    packages: 'external',
    sourcemap: true,
    tsconfig: join(root, 'tsconfig.base.json'),
  })
  return outfile
}

export function tinySettings(overrides: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  return {
    PEGEL_KAFKA_BROKERS: requireKafka().join(','),
    PEGEL_KAFKA_PREFIX: `${uniqueName('svc')}.`,
    PEGEL_PARTITIONS: '2',
    PEGEL_ADMIN_PORT: '0',
    PEGEL_ADMIN_HOST: '127.0.0.1',
    ...overrides,
  }
}

export interface Run {
  readonly child: ChildProcess
  readonly output: () => string
  readonly exit: Promise<number | null>
}

/** A child whose output is kept, for the cases in which it never listens. */
export function run(entry: string, env: Readonly<Record<string, string>>, ...args: readonly string[]): Run {
  const child = spawn(process.execPath, [entry, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  const exit = once(child, 'close').then(([code]) => code as number | null)
  return { child, output: () => text, exit }
}

export async function get(service: { adminPort: unknown }, path: string): Promise<{ status: number; text: string }> {
  const response = await fetch(`http://127.0.0.1:${Number(service.adminPort)}${path}`)
  return { status: response.status, text: await response.text() }
}

export function adminPortOf(output: string): unknown {
  const [, port] = /"adminPort":(\d+)/.exec(output) ?? []
  if (port === undefined) throw new Error(`no admin port yet: ${output}`)
  return port
}
