import { run } from '../../tools/run.ts'
import { argument, renderTable } from '../support/report.ts'
import type { Column, Row } from '../support/report.ts'
import { acceptAll, measureProcess } from './whole-process.ts'
import type { ProcessSubject } from './whole-process.ts'

const COLUMNS: readonly Column[] = [
  { key: 'sink', title: 'process' },
  { key: 'points', title: 'M points', decimals: 2 },
  { key: 'process', title: 'M points/CPU-s', decimals: 3 },
  { key: 'wall', title: 'points/s', decimals: 0 },
]
const RECORDS = Number(argument('records') ?? 1000)

/** Prints a table of every built sink whose backend has an address, and of sink-prometheus before a receiver that costs nothing. */
export async function measureProcesses(): Promise<readonly Row[]> {
  const brokers = process.env.PEGEL_KAFKA_BROKERS ?? ''
  if (brokers === '') {
    process.stdout.write('\nPEGEL_KAFKA_BROKERS is not set: whole processes were not measured\n')
    return []
  }
  if ((await run('node', ['tools/build.ts'])) !== 0) throw new Error('the applications do not build')
  const receiver = await acceptAll()
  const rows: Row[] = []
  for (const subject of subjects(receiver.url)) {
    rows.push(await measureProcess(subject, { brokers, records: RECORDS, tenants: 4, sources: 4 }))
  }
  receiver.close()
  process.stdout.write(`\n${renderTable(COLUMNS, rows)}\n`)
  return rows
}

function subjects(receiverUrl: string): readonly ProcessSubject[] {
  const sink = (name: string): Pick<ProcessSubject, 'app' | 'group' | 'env'> => ({
    app: `sink-${name}`,
    group: `sink-${name}`,
    env: {},
  })
  const real = (['prometheus', 'influxdb', 'elasticsearch'] as const).filter(
    (name) => process.env[`PEGEL_${name.toUpperCase()}_URL`] !== undefined,
  )
  return [
    { ...sink('prometheus'), name: 'prometheus, empty receiver', env: { PEGEL_PROMETHEUS_URL: receiverUrl } },
    ...real.map((name) => ({ ...sink(name), name })),
  ]
}
