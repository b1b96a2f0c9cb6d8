import { ValueType } from '@opentelemetry/api'
import type { BatchObservableResult, Meter, Observable } from '@opentelemetry/api'
import { messageOf } from '@pegel/errors'
import type { Logger } from '@pegel/telemetry'
import type { Collector, HostMetric } from './observation.ts'

/** Makes an observable instrument of every metric, read by one callback per collector at each export. */
export function observe(meter: Meter, collectors: readonly Collector[], log: Logger): void {
  for (const collector of collectors) {
    const instruments = new Map(collector.metrics.map((metric) => [metric, instrumentOf(meter, metric)]))
    const read = reader(collector, instruments, log)
    meter.addBatchObservableCallback(read, [...instruments.values()])
  }
}

/** A collector that fails leaves its metrics out of this export and says so once, until it works again. */
function reader(
  collector: Collector,
  instruments: ReadonlyMap<HostMetric, Observable>,
  log: Logger,
): (result: BatchObservableResult) => Promise<void> {
  let failing = false
  return async (result) => {
    try {
      for (const { metric, value, attributes } of await collector.collect()) {
        const instrument = instruments.get(metric)
        if (instrument !== undefined) result.observe(instrument, value, attributes)
      }
      failing = false
    } catch (error) {
      if (!failing) log.warn('collector failed', { collector: collector.name, error: messageOf(error) })
      failing = true
    }
  }
}

function instrumentOf(meter: Meter, metric: HostMetric): Observable {
  const options = {
    unit: metric.unit,
    description: metric.description,
    valueType: metric.int ? ValueType.INT : ValueType.DOUBLE,
  }
  switch (metric.kind) {
    case 'counter':
      return meter.createObservableCounter(metric.name, options)
    case 'up_down_counter':
      return meter.createObservableUpDownCounter(metric.name, options)
    case 'gauge':
      return meter.createObservableGauge(metric.name, options)
  }
}
