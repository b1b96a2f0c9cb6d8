import { describe, expect, it } from '@jest/globals'
import type { LedgerRow } from '@pegel/contracts'
import { eventually } from '@pegel/testing'
import { Unconfirmed } from './unconfirmed.ts'

const MINUTE = 60_000

/** A ledger that takes rows when it is told to. */
function ledgerOf() {
  const written: [string, number, number][] = []
  let open = Promise.withResolvers<undefined>()
  return {
    written,
    write: async (rows: readonly LedgerRow[]) => {
      await open.promise
      for (const { tenant, offset, received } of rows) written.push([tenant, offset, received])
    },
    accept: () => open.resolve(undefined),
    end: () => open.reject(new Error('closed')),
    close: () => (open = Promise.withResolvers<undefined>()),
  }
}

describe('Unconfirmed', () => {
  it('writes the sum of a minute, and again when it has grown', async () => {
    const ledger = ledgerOf()
    let nowMs = 5 * MINUTE
    const unconfirmed = new Unconfirmed({ ledger, now: () => nowMs })
    unconfirmed.add('acme', 0)
    unconfirmed.add('acme', 3)
    unconfirmed.add('acme', 4)
    unconfirmed.add('globex', 1)
    ledger.accept()
    await eventually(() =>
      expect(ledger.written).toEqual([
        ['acme', 5, 3],
        ['acme', 5, 7],
        ['globex', 5, 1],
      ]),
    )
    unconfirmed.add('acme', 2)
    nowMs += MINUTE
    unconfirmed.add('acme', 2)
    await eventually(() =>
      expect(ledger.written.slice(3)).toEqual([
        ['acme', 5, 9],
        ['acme', 6, 2],
      ]),
    )
  })

  it('gives up when the ledger ends, and tries the next', async () => {
    const ledger = ledgerOf()
    const unconfirmed = new Unconfirmed({ ledger, now: () => 0 })
    unconfirmed.add('acme', 3)
    ledger.end()
    await eventually(() => {
      ledger.close()
      ledger.accept()
      unconfirmed.add('acme', 1)
      expect(ledger.written.length).toBeGreaterThan(0)
    })
    expect(ledger.written[0]?.[2]).toBeGreaterThan(3)
  })
})
