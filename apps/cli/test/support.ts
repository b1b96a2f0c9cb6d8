import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Environment } from '@pegel/config'
import { bookOneRecord, requireKafka, uniqueName } from '@pegel/testing'
import type { BookedRecord } from '@pegel/testing'
import { createContext } from '../src/context.ts'
import { runProgram } from '../src/program.ts'

export interface CliRun {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** The command line tool in this process, on a Kafka of its own (by prefix). */
export class Cli {
  readonly env: Environment
  readonly #stops: (() => void)[] = []
  /** Standard output of the command that runs now. */
  out = ''

  constructor(env: Environment = {}) {
    this.env = {
      PEGEL_KAFKA_BROKERS: requireKafka().join(','),
      PEGEL_KAFKA_PREFIX: `${uniqueName('cli')}.`,
      PEGEL_PARTITIONS: '3',
      ...env,
    }
  }

  async run(...args: string[]): Promise<CliRun> {
    let err = ''
    this.out = ''
    const context = createContext(this.env, {
      print: (text) => {
        this.out += text
      },
      note: (line) => {
        err += `${line}\n`
      },
    })
    const code = await runProgram(args, context, {
      appsDir: '/nowhere',
      onStopSignal: (stop) => this.#stops.push(stop),
    })
    return { code, out: this.out, err }
  }

  /** As Ctrl-C does. */
  interrupt(): void {
    for (const stop of this.#stops) stop()
  }
}

/** A new directory with these files. */
export function directoryOf(files: Readonly<Record<string, string>>): string {
  const dir = mkdtempSync(join(tmpdir(), 'pegel-cli-'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text)
  return dir
}

/** One ingest record on a real Kafka, which the enricher's group and the sink's have committed past. */
export async function withOneRecord(cli: Cli, booked: BookedRecord): Promise<void> {
  const context = createContext(cli.env, { print: () => undefined, note: () => undefined })
  await cli.run('topics', 'create')
  await context.withKafka((kafka) => bookOneRecord(kafka, booked))
}
