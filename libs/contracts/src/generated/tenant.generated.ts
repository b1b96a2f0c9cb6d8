// Made by `npm run generate` from schemas/tenant.v1.avsc; do not edit.

/** One version of a tenant's file. Key: tenant@version. */
export interface Tenant {
  readonly tenant: string
  /** 1, 2, 3 ... per tenant. */
  readonly version: number
  readonly deleted: boolean
  /** Source text, validated before it was published; empty when deleted. */
  readonly yaml: string
  /** ms since the Unix epoch. */
  readonly appliedAtMs: number
}

export const TENANT_SCHEMA = {
  name: "Tenant",
  fullName: "pegel.v1.Tenant",
  fingerprint: "82dde627582fd368",
  json: "{\"type\":\"record\",\"name\":\"Tenant\",\"namespace\":\"pegel.v1\",\"doc\":\"One version of a tenant's file. Key: tenant@version.\",\"fields\":[{\"name\":\"tenant\",\"type\":\"string\"},{\"name\":\"version\",\"type\":\"long\",\"doc\":\"1, 2, 3 ... per tenant.\"},{\"name\":\"deleted\",\"type\":\"boolean\",\"default\":false},{\"name\":\"yaml\",\"type\":\"string\",\"doc\":\"Source text, validated before it was published; empty when deleted.\",\"default\":\"\"},{\"name\":\"appliedAtMs\",\"type\":\"long\",\"doc\":\"ms since the Unix epoch.\",\"default\":0}]}",
  /** Older schemas of this record, by fingerprint. */
  history: {} as Readonly<Record<string, string>>,
} as const
