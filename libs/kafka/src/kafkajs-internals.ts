import type { Socket } from 'node:net'

/**
 * The parts of kafkajs 2.2.4 below its producer and consumer that this library stands on: connections, metadata and the
 * encoding of requests. They are not in its published types. The version is pinned, and the tests of wire.ts fail when
 * one of them is gone. README.md says why kafkajs' own producer and consumer are not used.
 */
export interface PartitionMetadata {
  readonly partitionId: number
  readonly leader: number
}

export interface Cluster {
  connect(): Promise<void>
  disconnect(): Promise<void>
  refreshMetadata(): Promise<void>
  refreshMetadataIfNecessary(): Promise<void>
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>
  findTopicPartitionMetadata(topic: string): readonly PartitionMetadata[]
  findBroker(at: { readonly nodeId: number | string }): Promise<Broker>
  findControllerBroker(): Promise<Broker>
  /** @param of a group, or with coordinatorType 1 a transactional id */
  findGroupCoordinator(of: { readonly groupId: string; readonly coordinatorType?: number }): Promise<Broker>
  fetchTopicsOffset(
    topics: readonly {
      readonly topic: string
      readonly partitions: readonly { readonly partition: number }[]
      readonly fromBeginning: boolean
    }[],
  ): Promise<readonly TopicOffsets[]>
}

export interface TopicOffsets {
  readonly topic: string
  readonly partitions: readonly { readonly partition: number; readonly offset: string }[]
}

export interface Broker {
  readonly nodeId: number | null
  readonly connectionPool: ConnectionPool
  isConnected(): boolean
  produce(request: ProduceRequest): Promise<ProduceResponse>
  fetch(request: FetchRequest): Promise<unknown>
  initProducerId(request: {
    readonly transactionTimeout: number
    readonly transactionalId?: string
  }): Promise<{ readonly producerId: string; readonly producerEpoch: number }>
  addPartitionsToTxn(
    request: TransactionMember & {
      readonly topics: readonly { readonly topic: string; readonly partitions: readonly number[] }[]
    },
  ): Promise<unknown>
  endTxn(request: TransactionMember & { readonly transactionResult: boolean }): Promise<unknown>
  joinGroup(request: JoinGroupRequest): Promise<JoinGroupResponse>
  syncGroup(request: SyncGroupRequest): Promise<{ readonly memberAssignment: Buffer }>
  heartbeat(member: Member): Promise<unknown>
  leaveGroup(request: { readonly groupId: string; readonly memberId: string }): Promise<unknown>
  offsetCommit(request: Member & { readonly topics: readonly TopicOffsets[] }): Promise<unknown>
  offsetFetch(request: {
    readonly groupId: string
    readonly topics: readonly {
      readonly topic: string
      readonly partitions: readonly { readonly partition: number }[]
    }[]
  }): Promise<{ readonly responses: readonly TopicOffsets[] }>
  describeConfigs(request: {
    readonly resources: readonly {
      readonly type: number
      readonly name: string
      readonly configNames: readonly string[]
    }[]
  }): Promise<{
    readonly resources: readonly {
      readonly configEntries: readonly { readonly configName: string; readonly configValue: string }[]
    }[]
  }>
}

export interface ConnectionPool {
  send(request: PoolRequest): Promise<unknown>
  /** Connected. */
  getConnectionByRequest(request: PoolRequest): Promise<Connection>
}

export interface Connection {
  readonly clientId: string
  readonly socket: Socket
  readonly requestQueue: {
    push(request: {
      readonly entry: PoolRequest['request'] & {
        readonly correlationId: number
        resolve(received: { readonly payload: Buffer }): void
        reject(error: unknown): void
      }
      readonly expectResponse: boolean
      readonly requestTimeout: number | null
      sendRequest(): void
    }): void
    maybeThrottle(ms: number | undefined): void
  }
  /** Unless it is. */
  authenticate(): Promise<void>
  failIfNotConnected(): void
  nextCorrelationId(): number
}

/** `response.parse` throws the first error of any partition and so hides what all others answered. */
export interface PoolRequest {
  readonly request: { readonly apiKey: number; readonly apiName: string; readonly apiVersion: number }
  readonly response: {
    decode(payload: Buffer): Promise<unknown>
    parse(data: unknown): Promise<unknown>
  }
  readonly requestTimeout?: number | null
}

export interface Member {
  readonly groupId: string
  readonly groupGenerationId: number
  readonly memberId: string
}

export interface JoinGroupRequest {
  readonly groupId: string
  readonly sessionTimeout: number
  readonly rebalanceTimeout: number
  readonly memberId: string
  readonly groupProtocols: readonly { readonly name: string; readonly metadata: Buffer }[]
}

export interface JoinGroupResponse {
  readonly generationId: number
  readonly leaderId: string
  readonly memberId: string
  readonly members: readonly { readonly memberId: string; readonly memberMetadata: Buffer }[]
}

export interface SyncGroupRequest {
  readonly groupId: string
  readonly generationId: number
  readonly memberId: string
  readonly groupAssignment: readonly { readonly memberId: string; readonly memberAssignment: Buffer }[]
}

export interface TransactionMember {
  readonly transactionalId: string
  readonly producerId: string
  readonly producerEpoch: number
}

export interface ProduceRequest {
  /** Makes the record batches transactional. */
  readonly transactionalId?: string
  readonly producerId: string
  readonly producerEpoch: number
  readonly acks: -1
  readonly timeout: number
  readonly compression: number
  readonly topicData: readonly {
    readonly topic: string
    readonly partitions: readonly {
      readonly partition: number
      readonly firstSequence: number
      readonly messages: readonly WireMessage[]
    }[]
  }[]
}

export interface WireMessage {
  readonly key: string | Buffer
  readonly value: Buffer | null
  readonly headers: Readonly<Record<string, string | Buffer>>
}

export interface ProduceResponse {
  readonly topics: readonly {
    readonly topicName: string
    readonly partitions: readonly {
      readonly partition: number
      readonly errorCode: number
      readonly baseOffset: string
      readonly logAppendTime: string
    }[]
  }[]
}

export interface FetchRequest {
  readonly isolationLevel: number
  readonly maxWaitTime: number
  readonly minBytes: number
  readonly maxBytes: number
  readonly topics: readonly {
    readonly topic: string
    readonly partitions: readonly {
      readonly partition: number
      readonly fetchOffset: string
      readonly maxBytes: number
    }[]
  }[]
}

/** What kafkajs throws: `type` for protocol errors, `name` for its own classes. */
export interface KafkaJsError extends Error {
  readonly type?: string
  readonly retriable?: boolean
  readonly cause?: unknown
}
