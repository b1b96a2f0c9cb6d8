import { describe, expect, it } from '@jest/globals'
import { runScript } from './run-script.ts'

/** The demo has a stack of its own. */
function withoutStack(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^PEGEL_(KAFKA|ELASTICSEARCH|INFLUXDB|PROMETHEUS|ALERTMANAGER)_/.test(name),
    ),
  )
}

const VERDICT = 'Stopping the sources, then asking'
const SHOWN_CHARS = 3000

/** Of the output of a demo that failed: what it found, then what went before. A report that is too long loses its end. */
function findingsFirst(output: string): string {
  const [before = '', found = '(it did not come to its verdict)'] = output.split(VERDICT)
  return `${found}\n--- before that:\n${before.slice(-SHOWN_CHARS)}`
}

const SERVICES = [
  'ingest-gateway',
  'enricher',
  'anomaly-detector',
  'alert-router',
  'sink-prometheus',
  'sink-elasticsearch',
  'sink-influxdb',
]

describe('the demo', () => {
  it('loses and doubles nothing while every service is killed and the broker is restarted', async () => {
    const { code, output } = await runScript(['tools/demo/main.ts', '--for', '60s', '--chaos'], withoutStack())
    if (code !== 0) throw new Error(`the demo ended with ${code}:\n${findingsFirst(output)}`)
    for (const victim of SERVICES) {
      expect(output).toContain(`chaos: kill -9 of ${victim}`)
    }
    expect(output).toContain('chaos: restart of the broker')
    expect(output).toContain('Ledger: every point has one outcome')
    expect(output).toMatch(/Detector: .*none lost, none opened twice/)
    expect(output).toMatch(/^ {2}mail to team@shop\.example: \w+: /m)
    expect(output).toMatch(/^Alerts: .*escalated to \w+@shop\.example .*acknowledged by link, resolved/m)
    for (const kind of ['anomaly', 'drift', 'forecast']) expect(output).toMatch(new RegExp(`^  ${kind}: `, 'm'))
    expect(output).toContain('All of it is there, once.')
  }, 300_000)
})
