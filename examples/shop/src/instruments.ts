import { ValueType } from '@opentelemetry/api'
import type { Attributes, Counter, Histogram, Meter, UpDownCounter } from '@opentelemetry/api'

/** One instrument of each kind that the SDK has, as a web shop would use them. */
export interface Instruments {
  readonly requestDuration: Histogram
  readonly activeRequests: UpDownCounter
  readonly openCarts: UpDownCounter
  readonly orders: Counter
  readonly revenue: Counter
}

/** Seconds; the boundaries that the HTTP conventions advise. */
const DURATION_BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]

/** What the shop's back rooms say when they are asked. */
export interface Gauges {
  stock(): Iterable<[number, Attributes]>
  activeUsers(): number
  confidence(): number
  waitingOrders(): number
  diskUtilization(): number
}

/** The gauges are asked at each export. */
export function createInstruments(meter: Meter, gauges: Gauges): Instruments {
  observe(meter, 'shop.model.confidence', {
    unit: '1',
    description: 'How sure the fraud model is of its answers',
    read: () => gauges.confidence(),
  })
  observe(meter, 'shop.users.active', {
    unit: '{user}',
    description: 'Users who asked for something within the last minute',
    read: () => gauges.activeUsers(),
  })
  observe(meter, 'shop.queue.length', {
    unit: '{order}',
    description: 'Orders that wait to be packed',
    read: () => gauges.waitingOrders(),
  })
  observe(meter, 'shop.disk.utilization', {
    unit: '1',
    description: 'Of the volume with the order log',
    read: () => gauges.diskUtilization(),
  })
  meter
    .createObservableGauge('shop.stock', { unit: '{piece}', description: 'Pieces in stock', valueType: ValueType.INT })
    .addCallback((result) => {
      for (const [pieces, attributes] of gauges.stock()) result.observe(pieces, attributes)
    })
  return {
    requestDuration: meter.createHistogram('http.server.request.duration', {
      unit: 's',
      description: 'Duration of HTTP server requests',
      advice: { explicitBucketBoundaries: DURATION_BOUNDS },
    }),
    activeRequests: meter.createUpDownCounter('http.server.active_requests', {
      unit: '{request}',
      description: 'Requests being served',
      valueType: ValueType.INT,
    }),
    openCarts: meter.createUpDownCounter('shop.carts.open', {
      unit: '{cart}',
      description: 'Carts that hold something',
      valueType: ValueType.INT,
    }),
    orders: meter.createCounter('shop.orders', {
      unit: '{order}',
      description: 'Checkouts by how they ended',
      valueType: ValueType.INT,
    }),
    revenue: meter.createCounter('shop.revenue', { unit: 'EUR', description: 'Value of the paid orders' }),
  }
}

function observe(
  meter: Meter,
  name: string,
  { unit, description, read }: { readonly unit: string; readonly description: string; readonly read: () => number },
): void {
  meter.createObservableGauge(name, { unit, description }).addCallback((result) => {
    result.observe(read())
  })
}
