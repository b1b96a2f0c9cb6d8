import type { Attack } from '../attack.ts'
import { admin } from './admin.ts'
import { mqtt, statsd } from './datagrams.ts'
import { grpcFrames, grpcMessages, grpcStreams } from './grpc.ts'
import { httpBodies, httpBombs, httpChaff, httpHeads, jsonBodies } from './http.ts'
import { labelFlood } from './labels.ts'
import { records } from './records.ts'
import { goneAway, manyConnections, rawBytes, slowLoris } from './sockets.ts'

export const ATTACKS: readonly Attack[] = [
  ...[httpBodies, jsonBodies, httpHeads, httpBombs, httpChaff],
  ...[grpcMessages, grpcStreams, grpcFrames],
  ...[statsd, mqtt, admin, labelFlood],
  ...[rawBytes, goneAway, slowLoris, manyConnections],
  records,
]
