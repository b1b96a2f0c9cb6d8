import { readFile, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Command } from 'commander'
import type { DetectorOptions, Direction } from '@pegel/detection'
import { messageOf } from '@pegel/errors'
import type { CliContext } from '../context.ts'
import { cliErrors } from '../errors.ts'
import { formatTable } from '../table.ts'
import { drawSvg } from './draw.ts'
import { readCsv } from './read-csv.ts'
import type { CsvSeries } from './read-csv.ts'
import { watch } from './watch.ts'
import type { Watched } from './watch.ts'

interface DetectOptions {
  readonly plot?: string
  readonly direction: string
  readonly minDeviation: string
  readonly minDeviationRelative: string
  readonly sensitivity: string
  readonly season: boolean
}

/** `pegel detect`: what the anomaly detector would have said, point by point; needs no Kafka. */
export function addDetectCommand(program: Command, context: CliContext): void {
  program
    .command('detect <file.csv>')
    .option('--plot <file.svg>', 'draw the series, its expected range and the anomalies')
    .option('--direction <up|down|both>', 'the side that matters', 'both')
    .option('--min-deviation <number>', 'least distance from the expected value, in the unit of the series', '0')
    .option('--min-deviation-relative <number>', 'the same as a share of the expected value', '0')
    .option('--sensitivity <0.1..10>', '2 needs half the surprise, 0.5 twice of it', '1')
    .option('--season', 'learn the hour of the day and the day of the week', false)
    .description('Show a CSV (timestamp,value) to the anomaly detector, point by point, and print what it finds')
    .action(async (file: string, options: DetectOptions) => {
      const series = readCsv(file, await read(file))
      const watched = watch(series, detectorOptions(options))
      context.print(report(series, watched))
      if (options.plot === undefined) return
      await write(options.plot, drawSvg(basename(file), series, watched))
      context.note(`drawn: ${options.plot}`)
    })
}

function detectorOptions(options: DetectOptions): DetectorOptions {
  return {
    direction: options.direction as Direction,
    minDeviation: Number(options.minDeviation),
    minDeviationRelative: Number(options.minDeviationRelative),
    sensitivity: Number(options.sensitivity),
    season: options.season,
  }
}

function report({ timesMs, values }: CsvSeries, { anomalies, ignored }: Watched): string {
  const rows = anomalies.map(({ row, score, reason }) => [
    new Date(timesMs[row] ?? 0).toISOString(),
    String(values[row]),
    score.toFixed(2),
    reason,
  ])
  const count = `${anomalies.length} ${anomalies.length === 1 ? 'anomaly' : 'anomalies'} in ${values.length} points`
  const left = ignored === 0 ? '' : `; ${ignored} ignored, not newer than the point before`
  const table = rows.length === 0 ? '' : `${formatTable(['time', 'value', 'score', 'reason'], rows)}\n`
  return `${table}${count}${left}\n`
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw cliErrors.unreadable_file({ file, problem: messageOf(error) }, error)
  }
}

async function write(file: string, content: string): Promise<void> {
  try {
    await writeFile(file, content)
  } catch (error) {
    throw cliErrors.unwritable_file({ file, problem: messageOf(error) }, error)
  }
}
