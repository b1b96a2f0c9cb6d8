import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { judgeAlerts } from './alerting/judge.ts'
import { openMailbox } from './alerting/mailbox.ts'
import type { Mailbox } from './alerting/mailbox.ts'
import { createPerson } from './alerting/person.ts'
import type { Person } from './alerting/person.ts'
import { alertingConfigs, alertingEnv } from './alerting/prepare.ts'
import { followDetections } from './live/follow-detections.ts'
import type { DetectionFollower } from './live/follow-detections.ts'
import { followLedger } from './live/follow-ledger.ts'
import type { LedgerQuestion } from './live/follow-ledger.ts'
import type { Screen } from './live/screen.ts'
import { showLive } from './live/show.ts'
import type { DemoOptions } from './options.ts'
import { build } from './run/build.ts'
import { causeChaos } from './run/chaos.ts'
import { pegel } from './run/pegel.ts'
import { ROOT, takePlace } from './run/place.ts'
import type { Place } from './run/place.ts'
import { startServices } from './run/services.ts'
import type { Services } from './run/services.ts'
import { startSources } from './run/sources.ts'
import { choosePort, startDemoStack } from './run/stack.ts'
import type { DemoStack } from './run/stack.ts'
import { writeRecordings } from './run/recordings.ts'
import { writeTenants } from './run/tenants.ts'
import type { DemoTenants } from './run/tenants.ts'
import { judgeDetections, notShown } from './verify/detections.ts'
import { judge } from './verify/judge.ts'
import { addressLines } from './live/addresses.ts'

export interface DemoContext {
  readonly options: DemoOptions
  readonly screen: Screen
  /** Fires on Ctrl-C. */
  readonly signal: AbortSignal
  /** Called in reverse order at the end, whatever the end is. */
  readonly atEnd: (stop: () => Promise<void> | void) => void
  readonly ci: boolean
}

const PARTITIONS = '12'
const DRAIN_MS = 90_000
/** How long the shop's fault lasts. Amid chaos to the end: while the gateway or the broker is down, what the shop sends is lost. */
const FAULT_S = 20
const CHAOS_FAULT_S = 3600
/** The shop's fault begins at 20 s; a shorter run may miss it, or that it is over. */
const FAULT_SEEN_MS = 40_000
const FAULT_OVER_MS = 60_000
/** How much longer than planned the sources send amid chaos until the fault has shown. */
const FAULT_LATE_MS = 60_000

/** The whole demo; resolves with the exit code. */
export async function runDemo(context: DemoContext): Promise<number> {
  const { screen, atEnd, ci, signal } = context
  const place = await takePlace(join(ROOT, '.stack', 'demo'))
  const tenants = writeTenants(place.tenants)
  const ports = { gateway: await choosePort(4318), alertmanager: await choosePort(9093) }
  const stack = await prepare(context, { place, tenants, ports })
  atEnd(() => stack.stop())
  for (const line of stack.missing) screen.say(`!!! ${line}`)
  if (!stack.rules) screen.say('The rules of alerts/ are left out: Prometheus or Alertmanager is not the demo’s own.')
  if (ci && stack.missing.length > 0) {
    screen.say('With CI=true, every backend must be there.')
    return 1
  }
  if (signal.aborted) return 130
  return runOnStack(context, { place, stack, tenants, gatewayPort: ports.gateway })
}

interface Prepared {
  readonly place: Place
  readonly tenants: DemoTenants
  readonly ports: { readonly gateway: number; readonly alertmanager: number }
}

/** The stack and the build, at the same time. */
async function prepare({ screen }: DemoContext, { place, tenants, ports }: Prepared): Promise<DemoStack> {
  screen.say('Starting Kafka and the backends, building the services …')
  const configs = alertingConfigs({
    ...{ dir: place.alerting, gatewayPort: ports.gateway, alertmanagerPort: ports.alertmanager },
    key: tenants.alertmanagerKey,
  })
  const stackOptions = { dataDir: place.stack, ports: { alertmanager: ports.alertmanager }, configs }
  const [stack, built] = await Promise.allSettled([startDemoStack(stackOptions, screen.say), build(place.logs)])
  if (stack.status === 'rejected') throw stack.reason
  if (built.status === 'fulfilled') return stack.value
  await stack.value.stop()
  throw built.reason
}

interface OnStack {
  readonly place: Place
  readonly stack: DemoStack
  readonly tenants: DemoTenants
  readonly gatewayPort: number
}

async function runOnStack(context: DemoContext, { place, stack, tenants, gatewayPort }: OnStack): Promise<number> {
  const { screen, atEnd, options, signal } = context
  writeFileSync(join(place.dir, 'keys.json'), `${JSON.stringify(Object.fromEntries(tenants.keys), null, 2)}\n`, {
    mode: 0o600,
  })
  const gateway = `http://127.0.0.1:${gatewayPort}`
  const person = createPerson({ say: screen.say, signal })
  const mailbox = await openMailbox({
    port: await choosePort(8025),
    onMail(mail) {
      person.read(mail)
    },
  })
  atEnd(() => mailbox.close())
  const env = {
    ...environmentOf(stack, gatewayPort),
    ...alertingEnv(gateway, mailbox.smtp),
    PEGEL_GRPC_PORT: String(await choosePort(4317)),
    PEGEL_DETECTOR_RECORDINGS: place.recordings,
  }
  writeRecordings({ dir: place.recordings, temporality: options.temporality, endMs: Date.now() })
  for (const command of [
    ['topics', 'create'],
    ['tenants', 'apply', place.tenants],
  ]) {
    const { code, stderr } = await pegel(command, env)
    if (code !== 0) throw new Error(`pegel ${command.join(' ')} failed: ${stderr}`)
  }
  if (signal.aborted) return 130
  screen.say('Starting the services …')
  const services = await startServices({
    target: targetOf(options, stack),
    env,
    logs: place.logs,
    runState: place.runState,
  })
  atEnd(() => services.stop())
  const since = new Date()
  const addresses = { gateway, stack, env, mailbox: mailbox.url, dir: relative(ROOT, place.dir) }
  for (const line of addressLines(addresses)) screen.say(line)
  // `pegel ledger` finds the ledger service there.
  const question = { env: { ...env, PEGEL_RUN_STATE: place.runState }, sinks: stack.sinks, since }
  return feed(context, { place, stack, services, tenants, gateway, question, mailbox, person })
}

interface Running {
  readonly place: Place
  readonly stack: DemoStack
  readonly services: Services
  readonly tenants: DemoTenants
  readonly gateway: string
  readonly question: LedgerQuestion
  readonly mailbox: Mailbox
  readonly person: Person
}

/** The sources send, the table shows; after the time given, everything is checked. */
async function feed(context: DemoContext, running: Running): Promise<number> {
  const { options, screen, signal, atEnd } = context
  const { place, stack, services, tenants, gateway, question } = running
  const sources = await startSources({
    place,
    tenants,
    gateway,
    brokers: question.env.PEGEL_KAFKA_BROKERS ?? '',
    kafkaPrefix: question.env.PEGEL_KAFKA_PREFIX ?? '',
    temporality: options.temporality,
    faultFor: options.chaos ? CHAOS_FAULT_S : FAULT_S,
  })
  atEnd(() => sources.stop())
  const follower = followLedger(question)
  atEnd(() => follower.stop())
  const detections = followDetections(question.env, screen.say)
  atEnd(() => detections.stop())
  const over = options.forMs === undefined ? signal : AbortSignal.any([signal, AbortSignal.timeout(options.forMs)])
  const live = { screen, follower, services, sinks: stack.sinks, startedMs: question.since.getTime(), signal: over }
  const chaos =
    options.chaos && options.forMs !== undefined
      ? causeChaos({ services, kafka: stack.kafka, forMs: options.forMs, say: screen.say, signal })
      : Promise.resolve()
  await Promise.all([showLive(live), chaos])
  screen.end()
  if (options.chaos && (options.forMs ?? 0) >= FAULT_SEEN_MS) await untilShown(context, detections)
  if (signal.aborted) return 130
  screen.say('\nStopping the sources, then asking every backend for what was sent …')
  await sources.stop()
  follower.stop()
  detections.stop()
  return conclude(await judgeAll(context, running, sources.journals), screen, place)
}

/** What the shop sends while the gateway or the broker is down is lost, so that its fault may show later than planned. */
async function untilShown({ screen, signal }: DemoContext, detections: DetectionFollower): Promise<void> {
  const missing = (): readonly string[] => notShown(detections.seen())
  if (missing().length === 0) return
  screen.say(`The shop has not shown ${missing().join(', ')} yet: the sources go on for it.`)
  for (const endMs = Date.now() + FAULT_LATE_MS; missing().length > 0 && Date.now() < endMs && !signal.aborted;)
    await sleep(500, undefined, { signal }).catch(() => undefined)
}

async function judgeAll(
  { options: { forMs = 0, chaos }, screen: { say } }: DemoContext,
  { question, tenants: { tenants }, services, stack, mailbox, person }: Running,
  journals: ReadonlyMap<string, string>,
): Promise<boolean> {
  const good = await judge({ question, env: question.env, tenants, journals, say, drainMs: DRAIN_MS })
  const runs = services.current()
  const watched = runs['anomaly-detector'] !== undefined
  const found = await judgeDetections({ env: question.env, say, watched, demanded: forMs >= FAULT_SEEN_MS })
  const told = await judgeAlerts({
    ...{ mailbox, person, say, watched: watched && runs['alert-router'] !== undefined },
    ...{ demanded: forMs >= FAULT_OVER_MS, rules: stack.rules, chaos },
  })
  return good && found && told
}

function conclude(good: boolean, screen: Screen, place: Place): number {
  screen.say(good ? '\nAll of it is there, once.' : `\nNOT all of it is there once. Logs: ${place.logs}`)
  return good ? 0 : 1
}

/** For the services and the command line. */
function environmentOf({ env, kafka }: DemoStack, gatewayPort: number): Record<string, string> {
  return {
    ...env,
    // Topics of an earlier demo are still there when Kafka is not ours to empty.
    PEGEL_KAFKA_PREFIX: kafka.from === 'local' ? '' : `demo_${randomBytes(4).toString('hex')}.`,
    PEGEL_PARTITIONS: PARTITIONS,
    PEGEL_REPLICATION: '1',
    PEGEL_HTTP_PORT: String(gatewayPort),
    PEGEL_LEDGER_PORT: '0',
  }
}

/** `all` without the sinks that have no backend here. */
function targetOf({ target }: DemoOptions, { sinks, missing }: DemoStack): string {
  if (target !== 'all' || missing.length === 0) return target
  return [
    'ingest-gateway',
    'enricher',
    'anomaly-detector',
    'alert-router',
    'ledger',
    ...sinks.map((sink) => `sink-${sink}`),
  ].join(',')
}
