export const componentNames = [
  'kafka',
  'elasticsearch',
  'influxdb',
  'victoriametrics',
  'prometheus',
  'alertmanager',
  'prometheus3',
  'mosquitto',
] as const

export type ComponentName = (typeof componentNames)[number]

/** What is started when none is named: all but what takes minutes to build, or what few need. */
export const defaultNames = componentNames.filter((name) => name !== 'prometheus3' && name !== 'mosquitto')

/** Programs of others that tests and benchmarks run beside Pegel: they send to it, or do the same work. */
export const clientNames = ['otelCollector', 'pythonClients', 'mosquittoPub', 'netcat'] as const

export type ClientName = (typeof clientNames)[number]

/** All that can be installed. */
export type ProductName = ComponentName | ClientName

export type Environment = Readonly<Record<string, string | undefined>>

/** One remote_write entry of prometheus.yml. */
export interface RemoteWrite {
  readonly url: string
  /** Sent as Authorization: Bearer. */
  readonly bearerToken: string
  /** Prometheus 3: the fully qualified name of the message; without it, remote write 1.0. */
  readonly message?: 'prometheus.WriteRequest' | 'io.prometheus.write.v2.Request'
}

/** What Prometheus and Alertmanager are told; every key is optional and unknown to the other components. */
export interface ComponentConfig {
  /** A complete configuration file of your own, used as it is; the keys below are then ignored. */
  configFile?: string | undefined
  /** prometheus, alertmanager: a file of configs/ with these values in the place of its variables; the component's own port is one of them. */
  template?: { readonly file: string; readonly values: Environment } | undefined
  /** prometheus: rule files (absolute paths, globs allowed). */
  ruleFiles?: readonly string[] | undefined
  /** prometheus: host:port of the Alertmanager that gets its alerts. */
  alertmanager?: string | undefined
  /** prometheus: what to scrape. */
  scrape?: readonly { job: string; targets: readonly string[]; labels?: Readonly<Record<string, string>> }[] | undefined
  /** prometheus: scrape itself, as job `prometheus`. */
  scrapeSelf?: boolean | undefined
  /** prometheus3: ask scraped targets for native histograms, too. */
  scrapeNativeHistograms?: boolean | undefined
  /** prometheus: where to send everything that it scrapes, by remote write. */
  remoteWrite?: RemoteWrite | undefined
  /** prometheus: scrape and rule evaluation interval; 5,000 ms unless given. */
  intervalMs?: number | undefined
  /** alertmanager: where every notification is posted; without it nothing is sent. */
  webhookUrl?: string | undefined
  /** More command line flags, after ours. */
  flags?: readonly string[] | undefined
}

export interface StartOptions {
  /** Data, configuration, logs and process records of this component; made when missing, kept at stop(). */
  dataDir: string
  onProgress?: ((line: string) => void) | undefined
  /** Loopback port of the (first) client listener; a free one unless given. */
  port?: number | undefined
  /** kafka: combined brokers and controllers. */
  brokers?: 1 | 3 | undefined
  /** kafka, local: further client listeners of each broker, announced under the port of a proxy in front of them. */
  listeners?: readonly KafkaListener[] | undefined
  /** kafka, elasticsearch: maximum JVM heap of each process. */
  heapMb?: number | undefined
  /** kafka, elasticsearch: 'fast-start' (default) saves compiler time in tests, 'throughput' is for benchmarks and long runs. */
  jvm?: 'fast-start' | 'throughput' | undefined
  /** influxdb: the operator token to set up; random unless given. */
  token?: string | undefined
  config?: ComponentConfig | undefined
  /** Always a local process, whatever the environment or Docker offer: for tests that break the component. */
  local?: boolean | undefined
  /** Leave the processes running when this one ends; otherwise they are stopped even after a kill -9. */
  background?: boolean | undefined
}

/** One entry a broker, in node.id order. */
export interface KafkaListener {
  /** Capital letters, digits, underscores. */
  readonly name: string
  readonly ports: readonly number[]
  readonly announcedPorts: readonly number[]
}

export interface RunningComponent {
  readonly name: ComponentName
  readonly from: 'environment' | 'docker' | 'local'
  /** What clients need, under the names that a user would set: PEGEL_KAFKA_BROKERS=127.0.0.1:1234 … */
  readonly env: Record<string, string>
  /** Address for people and HTTP clients; for Kafka the bootstrap list. */
  readonly url: string
  /** Our own processes; empty for 'environment' and 'docker'. */
  readonly pids: number[]
  readonly logFile?: string
  /** Idempotent. Stops what start made and nothing else; data stays. */
  stop(): Promise<void>
}

export interface KafkaComponent extends RunningComponent {
  /** One per local broker, in node.id order from index 0; empty when the brokers are not ours. */
  readonly brokers: readonly KafkaBroker[]
}

export interface KafkaBroker {
  readonly nodeId: number
  /** host:port that clients use. */
  readonly address: string
  readonly pid: number
  readonly alive: boolean
  /** Resolves when the process is gone; SIGKILL unless another signal is named. */
  kill(signal?: 'SIGKILL' | 'SIGTERM'): Promise<void>
  /** Starts it on the same port and data and waits until it answers; stops it first when it still runs. */
  restart(): Promise<void>
}
