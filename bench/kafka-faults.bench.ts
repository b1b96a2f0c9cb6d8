/**
 * What readers of a topic see when members of their group, a broker or the group's coordinator go: with Pegel's own loops over
 * kafkajs' wire, and with @platformatic/kafka. Processes of their own, which can be frozen and killed; no build is measured.
 */
import { run } from '../tools/run.ts'

const program = ['--disable-warning=ExperimentalWarning', 'bench/kafka-faults/main.ts', ...process.argv.slice(2)]
process.exit(await run(process.execPath, program))
