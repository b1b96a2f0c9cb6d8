import { environment, loadConfig, printConfig, settingsHelp } from '@pegel/config'
import { agentConfig, component } from './component.ts'
import { thisHost } from './host.ts'
import { runAgent } from './run.ts'

const loaded = loadConfig(agentConfig, environment())
if (process.argv.includes('--help')) {
  process.stdout.write(`${component.description}\n\n${settingsHelp(agentConfig)}`)
} else if (!loaded.ok) {
  process.stderr.write(`${loaded.problems.join('\n')}\n`)
  process.exitCode = 1
} else if (process.argv.includes('--print-config')) {
  process.stdout.write(printConfig(agentConfig, loaded.config))
} else if (!process.argv.includes('--validate')) {
  const agent = await runAgent(loaded.config, thisHost())
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void agent.stop())
}
