export { decodeOtlpJson } from './decode-json.ts'
export { decodeOtlpProtobuf } from './decode-protobuf.ts'
export { otlpErrors } from './errors.ts'
export type { DecodedPoint, Instant, MetricHead, PointProblem, PointSink } from './point-sink.ts'
