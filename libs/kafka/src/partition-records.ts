import { messageOf } from '@pegel/errors'
import type { RawPartition } from './fetch-response.ts'
import { batchesOf, isAbortMarker, isControl, isTransactional, recordsOf, type BatchRecord } from './record-batch.ts'

export interface Unreadable {
  readonly from: number
  readonly to: number
  readonly reason: string
}

export interface PartitionRecords {
  readonly records: readonly BatchRecord[]
  /** Where to read on: after the last batch, whether or not it held records. */
  readonly next: number
  readonly unreadable: readonly Unreadable[]
}

/**
 * Records from `position` on. Left out are: records before it (a fetch starts at a batch, not at an offset), transaction
 * markers, records of aborted transactions, and batches that cannot be read, which are named.
 */
export async function readPartition(raw: RawPartition, position: number): Promise<PartitionRecords> {
  const records: BatchRecord[] = []
  const unreadable: Unreadable[] = []
  const isAborted = abortFilter(raw)
  let next = position
  for (const header of batchesOf(raw.recordSet)) {
    if (header.lastOffset < position) continue
    try {
      if (!(await isAborted(header))) {
        for (const record of await recordsOf(header)) if (record.offset >= position) records.push(record)
      }
    } catch (error) {
      const from = Math.max(position, header.firstOffset)
      unreadable.push({ from, to: header.lastOffset + 1, reason: messageOf(error) })
    }
    next = header.lastOffset + 1
  }
  return { records, next, unreadable }
}

/** As the Java client does it: a producer's batches are hidden from the first offset of its aborted transaction up to the abort marker. */
function abortFilter(raw: RawPartition): (header: Parameters<typeof recordsOf>[0]) => Promise<boolean> {
  const pending = [...raw.aborted].sort((a, b) => a.firstOffset - b.firstOffset)
  const aborting = new Set<number>()
  return async (header) => {
    while (pending[0] !== undefined && pending[0].firstOffset <= header.lastOffset) {
      aborting.add(pending[0].producerId)
      pending.shift()
    }
    if (isControl(header)) {
      if (await isAbortMarker(header)) aborting.delete(header.producerId)
      return true
    }
    return isTransactional(header) && aborting.has(header.producerId)
  }
}
