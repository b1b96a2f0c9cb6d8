import type { BaseConfig } from './base-config.ts'

const TRACES_PATH = '/v1/traces'

/**
 * Where traces are posted, or undefined when they are off. The OTEL_ names mean what the OpenTelemetry specification
 * (OTLP exporter, "Endpoint URLs for OTLP/HTTP") says: the traces endpoint as it is, the general one with the path appended.
 */
export function tracesUrl(config: BaseConfig): string | undefined {
  const own = config.PEGEL_TRACES_ENDPOINT
  if (own !== undefined) return new URL(own).pathname === '/' ? under(own) : own
  const general = config.OTEL_EXPORTER_OTLP_ENDPOINT
  return config.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? (general === undefined ? undefined : under(general))
}

function under(base: string): string {
  return `${base.replace(/\/+$/, '')}${TRACES_PATH}`
}
