/** Builds every application to dist/apps/<app>/main.js; unchanged ones come from the Nx cache. */
import { run } from './run.ts'

const outputStyle = process.stdout.isTTY ? 'dynamic-legacy' : 'static'
process.exit(await run('nx', ['run-many', '-t', 'build', `--outputStyle=${outputStyle}`, ...process.argv.slice(2)]))
