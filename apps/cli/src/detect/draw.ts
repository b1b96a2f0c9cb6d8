import type { CsvSeries } from './read-csv.ts'
import type { Watched } from './watch.ts'

const WIDTH = 960
const HEIGHT = 300
const MARGIN = { left: 70, right: 14, top: 30, bottom: 26 }
const PLOT_WIDTH = WIDTH - MARGIN.left - MARGIN.right
const PLOT_HEIGHT = HEIGHT - MARGIN.top - MARGIN.bottom
/** Points of the drawing across: a series of any length becomes an image of one size. */
const COLUMNS = PLOT_WIDTH / 2

interface Scale {
  readonly x: (timeMs: number) => number
  readonly y: (value: number) => number
}

interface Column {
  readonly timeMs: number
  least: number
  most: number
  lower: number
  upper: number
}

/** The series as an SVG: its values, the band of what would not have surprised, and a mark with its reason for each anomaly. */
export function drawSvg(title: string, series: CsvSeries, watched: Watched): string {
  const columns = columnsOf(series, watched)
  const fromMs = columns[0]?.timeMs ?? 0
  const untilMs = series.timesMs.reduce((latest, timeMs) => Math.max(latest, timeMs), fromMs)
  const least = Math.min(...columns.map((column) => column.least))
  const most = Math.max(...columns.map((column) => column.most))
  const scale: Scale = {
    x: (timeMs) => round(MARGIN.left + ((timeMs - fromMs) / (untilMs - fromMs || 1)) * PLOT_WIDTH),
    y: (value) => round(MARGIN.top + (1 - (clamp(value, least, most) - least) / (most - least || 1)) * PLOT_HEIGHT),
  }
  const labels = [
    text({ x: MARGIN.left, y: 18, anchor: 'start' }, title),
    text({ x: MARGIN.left - 8, y: MARGIN.top + 8, anchor: 'end' }, short(most)),
    text({ x: MARGIN.left - 8, y: HEIGHT - MARGIN.bottom, anchor: 'end' }, short(least)),
    text({ x: MARGIN.left, y: HEIGHT - 8, anchor: 'start' }, dateOf(fromMs)),
    text({ x: WIDTH - MARGIN.right, y: HEIGHT - 8, anchor: 'end' }, dateOf(untilMs)),
  ]
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    `<path d="${bandOf(columns, scale)}" fill="#dbe7f5"/>`,
    `<path d="${lineOf(columns, scale)}" fill="none" stroke="#2b5c9e"/>`,
    ...marksOf(series, watched, scale),
    ...labels,
    '</svg>\n',
  ].join('\n')
}

function columnsOf({ timesMs, values }: CsvSeries, { lower, upper }: Watched): readonly Column[] {
  const from = timesMs.reduce((least, timeMs) => Math.min(least, timeMs), Infinity)
  const until = timesMs.reduce((most, timeMs) => Math.max(most, timeMs), -Infinity)
  const size = (until - from) / COLUMNS || 1
  const columns = new Map<number, Column>()
  for (const [row, value] of values.entries()) {
    const index = Math.min(Math.floor(((timesMs[row] ?? from) - from) / size), COLUMNS - 1)
    const bounds = { lower: lower[row] ?? NaN, upper: upper[row] ?? NaN }
    const column = columns.get(index)
    if (column === undefined) columns.set(index, { timeMs: from + index * size, least: value, most: value, ...bounds })
    else Object.assign(column, bounds, { least: Math.min(column.least, value), most: Math.max(column.most, value) })
  }
  return [...columns.entries()].sort(([a], [b]) => a - b).map(([, column]) => column)
}

/** Up and down once a column, so that no spike is lost. */
function lineOf(columns: readonly Column[], { x, y }: Scale): string {
  return columns
    .map(({ timeMs, least, most }, index) => {
      const [at, low, high] = [x(timeMs), y(least), y(most)]
      return `${index === 0 ? 'M' : 'L'}${at} ${low}${low === high ? '' : `V${high}`}`
    })
    .join('')
}

function bandOf(columns: readonly Column[], { x, y }: Scale): string {
  const known = columns.filter(({ lower, upper }) => Number.isFinite(lower) && Number.isFinite(upper))
  const above = known.map(({ timeMs, upper }) => `${x(timeMs)} ${y(upper)}`)
  const below = known.map(({ timeMs, lower }) => `${x(timeMs)} ${y(lower)}`).reverse()
  return known.length === 0 ? '' : `M${[...above, ...below].join('L')}Z`
}

function marksOf({ timesMs, values }: CsvSeries, { anomalies }: Watched, { x, y }: Scale): readonly string[] {
  return anomalies.map(({ row, reason }) => {
    const [timeMs, value] = [timesMs[row] ?? 0, values[row] ?? 0]
    const about = `${dateOf(timeMs)}: ${short(value)}, ${reason}`
    return `<circle cx="${x(timeMs)}" cy="${y(value)}" r="5" fill="none" stroke="#c8102e" stroke-width="2"><title>${escape(about)}</title></circle>`
  })
}

function text({ x, y, anchor }: { x: number; y: number; anchor: 'start' | 'end' }, content: string): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" fill="#333">${escape(content)}</text>`
}

function escape(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function dateOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 16).replace('T', ' ')
}

function short(value: number): string {
  return Number(value.toPrecision(4)).toString()
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most)
}
