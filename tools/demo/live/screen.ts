import type { Writable } from 'node:stream'
import { renderPlain, renderTable } from './table.ts'
import type { View } from './view.ts'

const PLAIN_EVERY_MS = 10_000
const CLEAR_BELOW = '\x1b[0J'
const up = (lines: number): string => (lines === 0 ? '' : `\x1b[${lines}A`)

export interface Screen {
  /** The newest state: in place on a terminal, every ten seconds elsewhere. */
  readonly show: (view: View) => void
  /** A line that stays, above the table. */
  readonly say: (line: string) => void
  /** Leaves the last table on the screen. */
  readonly end: () => void
}

/** Draws to a terminal or, when there is none, prints plain lines. */
export function createScreen(out: Writable & { isTTY?: boolean; columns?: number }, nowMs: () => number): Screen {
  if (out.isTTY !== true) return plainScreen(out, nowMs)
  let drawn: string[] = []
  const draw = (above: string, lines: string[]): void => {
    // A line that wraps would take two rows, and the next drawing would begin one row too low.
    const cut = lines.map((line) => line.slice(0, (out.columns ?? 80) - 1))
    out.write(`${up(drawn.length)}\r${CLEAR_BELOW}${above}${cut.map((line) => `${line}\n`).join('')}`)
    drawn = cut
  }
  return {
    show: (view) => draw('', renderTable(view)),
    say: (line) => draw(`${line}\n`, drawn),
    end: () => (drawn = []),
  }
}

function plainScreen(out: Writable, nowMs: () => number): Screen {
  let nextMs = 0
  return {
    show(view) {
      if (nowMs() < nextMs) return
      nextMs = nowMs() + PLAIN_EVERY_MS
      out.write(`${renderPlain(view).join('\n')}\n`)
    },
    say: (line) => void out.write(`${line}\n`),
    end: () => undefined,
  }
}
