/** Everything tools/stack installs, in one place. Docker images have their own versions in docker-compose.yml. */
export const versions = {
  kafka: '4.1.0',
  kafkaScala: '2.13',
  slf4j: '1.7.36',
  elasticsearch: '8.19.4',
  mavenDependencyPlugin: '3.8.1',
  influxdb: '2.7.12',
  /** The Flux release that influxdb's go.mod asks for, and the helper that links its Rust part. */
  flux: '0.196.1',
  pkgConfig: '0.2.14',
  alertmanager: '0.28.1',
  /** The module version of Prometheus 3.16. */
  prometheus3: '0.316.0',
  otelCollector: '0.155.0',
  /** Raise it to make the Python environment anew. */
  pythonRecipe: '2',
  /** Raise it to unpack the Debian packages anew. */
  debianRecipe: '1',
} as const

/** Debian decides the exact version of these; a newer point release must not break the installation. */
export const aptPackages = {
  prometheus: ['prometheus'],
  victoriametrics: ['victoria-metrics'],
  /** For amtool alone: its Alertmanager wants templates at a fixed path. */
  alertmanager: ['prometheus-alertmanager'],
  /** The broker, its clients, and what they link that a bare system may not have. */
  mosquitto: ['mosquitto', 'mosquitto-clients', 'libmosquitto1', 'libcjson1', 'libdlt2', 'libwrap0'],
  netcat: ['netcat-traditional'],
} as const

/** The stock packages that Python programs use to reach Pegel. */
export const pythonPackages = [
  'opentelemetry-sdk==1.38.0',
  'opentelemetry-exporter-otlp-proto-http==1.38.0',
  'opentelemetry-exporter-otlp-proto-grpc==1.38.0',
  'confluent-kafka==2.12.1',
  'cryptography==46.0.3',
  'fastavro==1.12.1',
] as const
