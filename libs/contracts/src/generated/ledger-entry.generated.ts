// Made by `npm run generate` from schemas/ledger-entry.v1.avsc; do not edit.

export interface ReasonCount {
  /** Stable snake_case code, or the name of a rule. */
  readonly reason: string
  /** Points. */
  readonly count: number
}

/** Outcomes of one source record at a sink, in source data points. */
export interface SinkCounts {
  readonly delivered: number
  readonly alreadyPresent: number
  readonly collapsed: number
  readonly collided: number
  readonly unsupported: number
  readonly notRouted: number
  readonly deadLettered: number
  readonly parked: number
  readonly expired: number
  readonly tenantDeleted: number
}

export interface LedgerRow {
  readonly tenant: string
  /** Of the ingest record, as are partition and offset. */
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly part: number
  /** 0 when the record was dead-lettered whole at the enricher. */
  readonly parts: number
  /** LogAppendTime of the ingest record, ms since the Unix epoch. */
  readonly appendTimeMs: number
  readonly configVersion: number
  /** Enricher, part 0: points that the clients sent. Gateway: points of a minute that it could not confirm. */
  readonly received: number
  /** Points of this part in `metrics`. */
  readonly produced: number
  readonly refused: readonly ReasonCount[]
  /** By rule. */
  readonly dropped: readonly ReasonCount[]
  /** Sinks; null at the enricher. */
  readonly counts: SinkCounts | null
  /** Records, not points, that could not be decoded or verified. */
  readonly unreadable: number
  /** Enricher: points of a deleted tenant. */
  readonly tenantDeleted: number
  /** Sinks: from the earliest receive time of the record to its outcome. */
  readonly latencyMs: number
  /** The replay that wrote this row; empty when the record came on its first way. */
  readonly replayId: string
  /** Of a record that went through the enricher again, by a newer version: beside the balance of its first way. */
  readonly reprocessed: boolean
}

/** What became of source records at one stage. Readers keep the last row per (stage, sink, topic, partition, offset, part). */
export interface LedgerEntry {
  /** gateway, enricher, sink or replay. */
  readonly stage: string
  /** Empty at the gateway and the enricher. */
  readonly sink: string
  /** The process that wrote it. */
  readonly instance: string
  /** ms since the Unix epoch. */
  readonly writtenAtMs: number
  readonly rows: readonly LedgerRow[]
}

export const LEDGER_ENTRY_SCHEMA = {
  name: "LedgerEntry",
  fullName: "pegel.v1.LedgerEntry",
  fingerprint: "b3a43ccf0c639b6b",
  json: "{\"type\":\"record\",\"name\":\"LedgerEntry\",\"namespace\":\"pegel.v1\",\"doc\":\"What became of source records at one stage. Readers keep the last row per (stage, sink, topic, partition, offset, part).\",\"fields\":[{\"name\":\"stage\",\"type\":\"string\",\"doc\":\"gateway, enricher, sink or replay.\"},{\"name\":\"sink\",\"type\":\"string\",\"doc\":\"Empty at the gateway and the enricher.\",\"default\":\"\"},{\"name\":\"instance\",\"type\":\"string\",\"doc\":\"The process that wrote it.\",\"default\":\"\"},{\"name\":\"writtenAtMs\",\"type\":\"long\",\"doc\":\"ms since the Unix epoch.\",\"default\":0},{\"name\":\"rows\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"LedgerRow\",\"fields\":[{\"name\":\"tenant\",\"type\":\"string\"},{\"name\":\"topic\",\"type\":\"string\",\"doc\":\"Of the ingest record, as are partition and offset.\"},{\"name\":\"partition\",\"type\":\"int\"},{\"name\":\"offset\",\"type\":\"long\"},{\"name\":\"part\",\"type\":\"int\",\"default\":0},{\"name\":\"parts\",\"type\":\"int\",\"doc\":\"0 when the record was dead-lettered whole at the enricher.\",\"default\":1},{\"name\":\"appendTimeMs\",\"type\":\"long\",\"doc\":\"LogAppendTime of the ingest record, ms since the Unix epoch.\"},{\"name\":\"configVersion\",\"type\":\"long\",\"default\":0},{\"name\":\"received\",\"type\":\"long\",\"doc\":\"Enricher, part 0: points that the clients sent. Gateway: points of a minute that it could not confirm.\",\"default\":0},{\"name\":\"produced\",\"type\":\"long\",\"doc\":\"Points of this part in `metrics`.\",\"default\":0},{\"name\":\"refused\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"ReasonCount\",\"fields\":[{\"name\":\"reason\",\"type\":\"string\",\"doc\":\"Stable snake_case code, or the name of a rule.\"},{\"name\":\"count\",\"type\":\"long\",\"doc\":\"Points.\"}]}},\"default\":[]},{\"name\":\"dropped\",\"type\":{\"type\":\"array\",\"items\":\"ReasonCount\"},\"doc\":\"By rule.\",\"default\":[]},{\"name\":\"counts\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"SinkCounts\",\"doc\":\"Outcomes of one source record at a sink, in source data points.\",\"fields\":[{\"name\":\"delivered\",\"type\":\"long\",\"default\":0},{\"name\":\"alreadyPresent\",\"type\":\"long\",\"default\":0},{\"name\":\"collapsed\",\"type\":\"long\",\"default\":0},{\"name\":\"collided\",\"type\":\"long\",\"default\":0},{\"name\":\"unsupported\",\"type\":\"long\",\"default\":0},{\"name\":\"notRouted\",\"type\":\"long\",\"default\":0},{\"name\":\"deadLettered\",\"type\":\"long\",\"default\":0},{\"name\":\"parked\",\"type\":\"long\",\"default\":0},{\"name\":\"expired\",\"type\":\"long\",\"default\":0},{\"name\":\"tenantDeleted\",\"type\":\"long\",\"default\":0}]}],\"doc\":\"Sinks; null at the enricher.\",\"default\":null},{\"name\":\"unreadable\",\"type\":\"long\",\"doc\":\"Records, not points, that could not be decoded or verified.\",\"default\":0},{\"name\":\"tenantDeleted\",\"type\":\"long\",\"doc\":\"Enricher: points of a deleted tenant.\",\"default\":0},{\"name\":\"latencyMs\",\"type\":\"long\",\"doc\":\"Sinks: from the earliest receive time of the record to its outcome.\",\"default\":0},{\"name\":\"replayId\",\"type\":\"string\",\"doc\":\"The replay that wrote this row; empty when the record came on its first way.\",\"default\":\"\"},{\"name\":\"reprocessed\",\"type\":\"boolean\",\"doc\":\"Of a record that went through the enricher again, by a newer version: beside the balance of its first way.\",\"default\":false}]}},\"default\":[]}]}",
  /** Older schemas of this record, by fingerprint. */
  history: {
    "7cdd2cac0bccda39": "{\"type\":\"record\",\"name\":\"LedgerEntry\",\"namespace\":\"pegel.v1\",\"doc\":\"What became of source records at one stage. Readers keep the last row per (stage, sink, topic, partition, offset, part).\",\"fields\":[{\"name\":\"stage\",\"type\":\"string\",\"doc\":\"enricher, sink or replay.\"},{\"name\":\"sink\",\"type\":\"string\",\"doc\":\"Empty at the enricher.\",\"default\":\"\"},{\"name\":\"instance\",\"type\":\"string\",\"doc\":\"The process that wrote it.\",\"default\":\"\"},{\"name\":\"writtenAtMs\",\"type\":\"long\",\"doc\":\"ms since the Unix epoch.\",\"default\":0},{\"name\":\"rows\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"LedgerRow\",\"fields\":[{\"name\":\"tenant\",\"type\":\"string\"},{\"name\":\"topic\",\"type\":\"string\",\"doc\":\"Of the ingest record, as are partition and offset.\"},{\"name\":\"partition\",\"type\":\"int\"},{\"name\":\"offset\",\"type\":\"long\"},{\"name\":\"part\",\"type\":\"int\",\"default\":0},{\"name\":\"parts\",\"type\":\"int\",\"doc\":\"0 when the record was dead-lettered whole at the enricher.\",\"default\":1},{\"name\":\"appendTimeMs\",\"type\":\"long\",\"doc\":\"LogAppendTime of the ingest record, ms since the Unix epoch.\"},{\"name\":\"configVersion\",\"type\":\"long\",\"default\":0},{\"name\":\"received\",\"type\":\"long\",\"doc\":\"Enricher, part 0: points that the clients sent.\",\"default\":0},{\"name\":\"produced\",\"type\":\"long\",\"doc\":\"Points of this part in `metrics`.\",\"default\":0},{\"name\":\"refused\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"ReasonCount\",\"fields\":[{\"name\":\"reason\",\"type\":\"string\",\"doc\":\"Stable snake_case code, or the name of a rule.\"},{\"name\":\"count\",\"type\":\"long\",\"doc\":\"Points.\"}]}},\"default\":[]},{\"name\":\"dropped\",\"type\":{\"type\":\"array\",\"items\":\"ReasonCount\"},\"doc\":\"By rule.\",\"default\":[]},{\"name\":\"counts\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"SinkCounts\",\"doc\":\"Outcomes of one source record at a sink, in source data points.\",\"fields\":[{\"name\":\"delivered\",\"type\":\"long\",\"default\":0},{\"name\":\"alreadyPresent\",\"type\":\"long\",\"default\":0},{\"name\":\"collapsed\",\"type\":\"long\",\"default\":0},{\"name\":\"collided\",\"type\":\"long\",\"default\":0},{\"name\":\"unsupported\",\"type\":\"long\",\"default\":0},{\"name\":\"notRouted\",\"type\":\"long\",\"default\":0},{\"name\":\"deadLettered\",\"type\":\"long\",\"default\":0},{\"name\":\"parked\",\"type\":\"long\",\"default\":0},{\"name\":\"expired\",\"type\":\"long\",\"default\":0},{\"name\":\"tenantDeleted\",\"type\":\"long\",\"default\":0}]}],\"doc\":\"Sinks; null at the enricher.\",\"default\":null},{\"name\":\"unreadable\",\"type\":\"long\",\"doc\":\"Records, not points, that could not be decoded or verified.\",\"default\":0},{\"name\":\"tenantDeleted\",\"type\":\"long\",\"doc\":\"Enricher: points of a deleted tenant.\",\"default\":0},{\"name\":\"latencyMs\",\"type\":\"long\",\"doc\":\"Sinks: from the earliest receive time of the record to its outcome.\",\"default\":0}]}},\"default\":[]}]}",
  } as Readonly<Record<string, string>>,
} as const
