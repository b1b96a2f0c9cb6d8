/** npm run faults: breaks everything that can break, under load, and asks every backend for every point. See README.md. */
import '../../tools/resolve-libraries.ts'
import { join } from 'node:path'

const { runFaults } = await import('./command.ts')
process.exitCode = await runFaults(process.argv.slice(2), join(import.meta.dirname, '..', '..'))
