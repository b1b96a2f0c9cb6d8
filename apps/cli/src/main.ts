import { fileURLToPath } from 'node:url'
import { environment } from '@pegel/config'
import { createContext } from './context.ts'
import { runProgram } from './program.ts'

const context = createContext(environment(), {
  print: (text) => process.stdout.write(text),
  note: (line) => process.stderr.write(`${line}\n`),
})

process.exitCode = await runProgram(process.argv.slice(2), context, {
  // Beside this program: dist/apps/<service>/main.js.
  appsDir: fileURLToPath(new URL('..', import.meta.url)),
  onStopSignal(stop) {
    process.on('SIGINT', stop)
    process.on('SIGTERM', stop)
  },
})
