/** Where schemas of other writers are found: `pegel.schemas.v1` by fingerprint, a schema registry by id. Both give the schema as JSON. */
export interface SchemaLookup {
  /** @param fingerprint 16 hexadecimal digits, most significant first */
  byFingerprint(fingerprint: string): string | undefined
  byRegistryId?(id: number): string | undefined
}
