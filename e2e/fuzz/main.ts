/** npm run fuzz: sends what nobody should send, to every door and into every topic, and watches what becomes of others. See README.md. */
import '../../tools/resolve-libraries.ts'
import { join } from 'node:path'

const { runFuzz } = await import('./command.ts')
process.exit(await runFuzz(process.argv.slice(2), join(import.meta.dirname, '..', '..')))
