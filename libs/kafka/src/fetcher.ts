import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '@pegel/errors'
import type { Logger } from '@pegel/telemetry'
import type { Connection } from './connection.ts'
import type { RawFetchResponse, RawPartition } from './fetch-response.ts'
import type { Cluster, FetchRequest } from './kafkajs-internals.ts'
import { readPartition, type Unreadable } from './partition-records.ts'
import { code, nameOfCode } from './protocol-codes.ts'
import type { BatchRecord } from './record-batch.ts'
import { Wake } from './wake.ts'
import { undecodedFetch } from './wire.ts'

export interface FetchedRecords {
  readonly topic: string
  readonly partition: number
  readonly records: readonly BatchRecord[]
  readonly highWatermark: number
}

export interface Position {
  readonly topic: string
  readonly partition: number
  /** Offset of the next record to read. */
  readonly next: number
}

/** Topics are named as on the wire. None of the callbacks is called after stop(). */
export interface FetcherOptions {
  readonly connection: Connection
  readonly log: Logger
  readonly positions: readonly Position[]
  readonly maxBytesPerPartition: number
  readonly onRecords: (fetched: FetchedRecords) => void
  /** The position has moved, with or without records. */
  readonly onPosition?: (position: Position) => void
  readonly onUnreadable: (at: Position, what: Unreadable) => void
  /** @returns the offset to read on from; rejects to be asked again later */
  readonly onOutOfRange: (at: Position) => Promise<number>
}

interface Slot {
  readonly topic: string
  readonly partition: number
  next: number
  busy: boolean
  paused: boolean
  /** Fetched while the partition was being paused: given out on resume, before anything newer is fetched. */
  held: FetchedRecords | null
  notBeforeMs: number
}

const MAX_WAIT_MS = 250
/** It may inflate to ten times as much, all of it at once: larger waves start collections of the whole heap. kafkajs asks in random order: all have their turn. */
const MAX_RESPONSE_BYTES = 2 * 1024 * 1024
const READ_COMMITTED = 1
const PARTITION_BACKOFF_MS = 200
const FAILURES_BEFORE_RECONNECT = 3

/** Reads partitions from given positions for as long as it is not stopped: one request at a time per leader. */
export class Fetcher {
  readonly #options: FetcherOptions
  readonly #slots = new Map<string, Slot>()
  readonly #busyLeaders = new Set<number>()
  readonly #wake = new Wake()
  #failures = 0
  #refreshing = false
  #stopped = false

  constructor(options: FetcherOptions) {
    this.#options = options
    for (const { topic, partition, next } of options.positions) {
      const slot = { topic, partition, next, busy: false, paused: false, held: null, notBeforeMs: 0 }
      this.#slots.set(keyOf(topic, partition), slot)
    }
  }

  start(): void {
    void this.#run()
  }

  stop(): void {
    this.#stopped = true
    this.#wake.notify()
  }

  pause(topic: string, partition: number): void {
    const slot = this.#slots.get(keyOf(topic, partition))
    if (slot !== undefined) slot.paused = true
  }

  resume(topic: string, partition: number): void {
    const slot = this.#slots.get(keyOf(topic, partition))
    if (slot === undefined) return
    slot.paused = false
    // Later, not now: the caller may be in the middle of its own work.
    if (slot.held !== null) setImmediate(() => this.#releaseHeld(slot))
    this.#wake.notify()
  }

  #releaseHeld(slot: Slot): void {
    if (this.#stopped || slot.paused || slot.held === null) return
    const { held } = slot
    slot.held = null
    this.#options.onRecords(held)
    this.#wake.notify()
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      let waitMs = MAX_WAIT_MS
      try {
        const cluster = await this.#options.connection.cluster()
        this.#launch(cluster)
      } catch (error) {
        if (this.#isStopped()) return
        this.#options.log.warn('cannot reach Kafka to read; trying again', { error: messageOf(error) })
        waitMs = this.#backoffMs()
      }
      await this.#wake.wait(waitMs)
    }
  }

  #launch(cluster: Cluster): void {
    if (this.#stopped) return
    const byLeader = new Map<number, Slot[]>()
    const now = Date.now()
    for (const slot of this.#slots.values()) {
      if (slot.busy || slot.paused || slot.held !== null || slot.notBeforeMs > now) continue
      const leader = cluster
        .findTopicPartitionMetadata(slot.topic)
        .find(({ partitionId }) => partitionId === slot.partition)?.leader
      if (leader === undefined || leader < 0) {
        this.#delay(slot)
        this.#refresh(cluster)
      } else if (!this.#busyLeaders.has(leader)) byLeader.set(leader, [...(byLeader.get(leader) ?? []), slot])
    }
    for (const [leader, slots] of byLeader) void this.#fetch(cluster, leader, slots)
  }

  async #fetch(cluster: Cluster, leader: number, slots: readonly Slot[]): Promise<void> {
    this.#busyLeaders.add(leader)
    for (const slot of slots) slot.busy = true
    try {
      const broker = await cluster.findBroker({ nodeId: leader })
      const response = await undecodedFetch(broker).fetch(this.#requestFor(slots))
      if (response.errorCode !== code.none) throw new Error(nameOfCode(response.errorCode))
      this.#failures = 0
      await this.#acceptAll(cluster, response)
    } catch (error) {
      await this.#recover(cluster, error)
    } finally {
      for (const slot of slots) slot.busy = false
      this.#busyLeaders.delete(leader)
      this.#wake.notify()
    }
  }

  #requestFor(slots: readonly Slot[]): FetchRequest {
    const topics = new Map<string, { partition: number; fetchOffset: string; maxBytes: number }[]>()
    for (const { topic, partition, next } of slots) {
      const partitions = topics.get(topic) ?? []
      partitions.push({ partition, fetchOffset: String(next), maxBytes: this.#options.maxBytesPerPartition })
      topics.set(topic, partitions)
    }
    return {
      isolationLevel: READ_COMMITTED,
      maxWaitTime: MAX_WAIT_MS,
      minBytes: 1,
      maxBytes: MAX_RESPONSE_BYTES,
      topics: [...topics].map(([topic, partitions]) => ({ topic, partitions })),
    }
  }

  async #acceptAll(cluster: Cluster, response: RawFetchResponse): Promise<void> {
    for (const raw of response.partitions) {
      const slot = this.#slots.get(keyOf(raw.topic, raw.partition))
      if (this.#stopped || slot === undefined) continue
      if (raw.errorCode === code.none) await this.#accept(slot, raw)
      else if (raw.errorCode === code.offsetOutOfRange) await this.#leaveGap(slot)
      else {
        this.#options.log.debug('partition not readable just now', { ...at(slot), reason: nameOfCode(raw.errorCode) })
        this.#delay(slot)
        this.#refresh(cluster)
      }
    }
  }

  async #accept(slot: Slot, raw: RawPartition): Promise<void> {
    const { records, next, unreadable } = await readPartition(raw, slot.next)
    if (this.#stopped) return
    for (const what of unreadable) this.#options.onUnreadable(at(slot), what)
    const moved = next !== slot.next
    slot.next = next
    if (records.length > 0) {
      const fetched = { topic: slot.topic, partition: slot.partition, records, highWatermark: raw.highWatermark }
      if (slot.paused) slot.held = fetched
      else this.#options.onRecords(fetched)
    }
    if (moved) this.#options.onPosition?.(at(slot))
  }

  async #leaveGap(slot: Slot): Promise<void> {
    try {
      const next = await this.#options.onOutOfRange(at(slot))
      if (!this.#stopped) slot.next = next
    } catch (error) {
      this.#options.log.warn('offset out of range, and the valid range is not known yet', {
        ...at(slot),
        error: messageOf(error),
      })
      this.#delay(slot)
    }
  }

  async #recover(cluster: Cluster, error: unknown): Promise<void> {
    if (this.#stopped) return
    this.#failures++
    this.#options.log.debug('fetch failed; trying again', { error: messageOf(error) })
    if (this.#failures >= FAILURES_BEFORE_RECONNECT) this.#options.connection.lost(cluster)
    else this.#refresh(cluster)
    await sleep(this.#backoffMs())
  }

  #backoffMs(): number {
    return Math.min(50 * 2 ** this.#failures, 2000)
  }

  #delay(slot: Slot): void {
    slot.notBeforeMs = Date.now() + PARTITION_BACKOFF_MS
  }

  #isStopped(): boolean {
    return this.#stopped
  }

  #refresh(cluster: Cluster): void {
    if (this.#refreshing) return
    this.#refreshing = true
    cluster
      .refreshMetadata()
      .catch((error: unknown) => {
        this.#options.log.debug('metadata not refreshed', { error: messageOf(error) })
      })
      .finally(() => {
        this.#refreshing = false
      })
  }
}

function keyOf(topic: string, partition: number): string {
  return `${topic}/${partition}`
}

function at({ topic, partition, next }: Slot): Position {
  return { topic, partition, next }
}
