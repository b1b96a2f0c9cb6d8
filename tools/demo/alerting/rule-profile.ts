import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'

const FOR = /^(\s*(?:for|keep_firing_for|interval): )(\d+)([smhdw])$/gm
const WINDOW = /\[(\d+)([smhdw])\]/g
const OFFSET = /\boffset (\d+)([smhdw])\b/g
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }
/** A rate needs two samples of a source that reports every five seconds. */
const MIN_WINDOW_S = 10

export interface QuickRulesOptions {
  readonly from: string
  readonly to: string
  /** All times are so many times shorter. */
  readonly factor: number
  /** File → its only group that is wanted. */
  readonly only: Readonly<Record<string, string>>
}

/** Copies rule files for a demo, which has seconds for what is given minutes elsewhere. */
export function writeQuickRules({ from, to, factor, only }: QuickRulesOptions): void {
  mkdirSync(to, { recursive: true })
  for (const name of readdirSync(from).filter((each) => each.endsWith('.yml'))) {
    const quick = quickRules(readFileSync(join(from, name), 'utf8'), factor)
    const group = only[name]
    writeFileSync(join(to, name), group === undefined ? quick : onlyGroup(quick, group))
  }
}

function onlyGroup(text: string, name: string): string {
  const { groups } = parse(text) as { readonly groups: readonly { readonly name: string }[] }
  return stringify({ groups: groups.filter((group) => group.name === name) })
}

/** `for`, windows in brackets, and offsets; conditions and names stay, `…:rate5m` too. */
export function quickRules(text: string, factor: number): string {
  const shorter = (amount: string, unit: string, minS: number): string =>
    `${Math.max(minS, Math.round((Number(amount) * (SECONDS[unit] ?? 1)) / factor))}s`
  return text
    .replace(FOR, (_, key: string, amount: string, unit: string) => key + shorter(amount, unit, 1))
    .replace(WINDOW, (_, amount: string, unit: string) => `[${shorter(amount, unit, MIN_WINDOW_S)}]`)
    .replace(OFFSET, (_, amount: string, unit: string) => `offset ${shorter(amount, unit, 1)}`)
}
