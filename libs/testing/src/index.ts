export { requireElasticsearch, requireInfluxdb, requireKafka, requirePrometheus } from './components.ts'
export type { InfluxdbAddress } from './components.ts'
export { uniqueName } from './unique-name.ts'
export { eventually } from './eventually.ts'
export type { EventuallyOptions } from './eventually.ts'
export { startTcpProxy } from './tcp-proxy.ts'
export type { ProxyMode, TcpProxy } from './tcp-proxy.ts'
export { startHttpGate } from './http-gate.ts'
export type { GateAnswer, GateRequest, GateRewrite, GateRule, GateVerdict, HttpGate } from './http-gate.ts'
export { fakeTenants, tenantConfig } from './fake-tenants.ts'
export type { FakeTenants } from './fake-tenants.ts'
export { startService } from './start-service.ts'
export type { RunningService, ServiceOptions } from './start-service.ts'
export {
  attributesOf,
  complex,
  deltaSum,
  exponentialPoint,
  gauge,
  histogramPoint,
  stale,
  sum,
  summaryPoint,
} from './series-spec.ts'
export type { PointSpec, SeriesExtras, SeriesSpec } from './series-spec.ts'
export { bookOneRecord } from './book-one-record.ts'
export type { BookedRecord } from './book-one-record.ts'
export { flipAlike } from './flip-alike.ts'
export type { FlippedPairs } from './flip-alike.ts'
export { batchOf, groupOf, recordOf, seriesOf } from './batch-of.ts'
export { SinkHarness } from './sink-harness.ts'
export type { HarnessOptions, RunOptions, SinkParts } from './sink-harness.ts'
export { sinkContract } from './sink-contract/sink-contract.ts'
export type { RefusedCase, SinkContractOptions, StoredSeries } from './sink-contract/options.ts'
export { startTraceReceiver } from './trace-receiver.ts'
export type { ReceivedSpan, TraceReceiver } from './trace-receiver.ts'
export { logBatchOf, logEvent, logGroup } from './log-batch-of.ts'
export { fakeTracing } from './fake-tracing.ts'
export type { FakeSpan, FakeTracing } from './fake-tracing.ts'
export { CASE_TIME_MS, POINT_CASES } from './point-cases.ts'
export { settingRows } from './setting-rows.ts'
export { sinkProcess } from './sink-process.ts'
export type { SinkProcessOptions } from './sink-process.ts'
