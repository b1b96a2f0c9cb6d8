/** `npm run demo`: the whole platform on real components, fed by three tenants. See README.md. */
import { runDemo } from './demo.ts'
import { createScreen } from './live/screen.ts'
import { parseOptions, USAGE } from './options.ts'
import type { DemoOptions } from './options.ts'

const CANCELLED = 130

function readOptions(): DemoOptions {
  try {
    return parseOptions(process.argv.slice(2))
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`)
    process.exit(2)
  }
}

const options = readOptions()
const startedMs = Date.now()
const screen = createScreen(process.stdout, Date.now)
const stops: (() => Promise<void> | void)[] = []
const cancel = new AbortController()

for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    // The second time nothing is waited for: the watchdog stops what still runs.
    if (cancel.signal.aborted) process.exit(CANCELLED)
    screen.say('\nStopping …')
    cancel.abort()
  })
}

async function end(): Promise<void> {
  for (const stop of stops.reverse()) await stop()
}

let code = 1
try {
  code = await runDemo({
    options,
    screen,
    signal: cancel.signal,
    atEnd: (stop) => stops.push(stop),
    ci: process.env.CI === 'true',
  })
} catch (error) {
  // What a Ctrl-C interrupts fails; that is no news.
  if (!cancel.signal.aborted) screen.say(error instanceof Error ? error.message : String(error))
}
await end()
screen.say(`Ended after ${Math.round((Date.now() - startedMs) / 1000)} s.`)
process.exit(cancel.signal.aborted ? CANCELLED : code)
