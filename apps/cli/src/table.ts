export type Cell = string | number

/** Columns padded to their widest cell, numbers right-aligned with thousands separators; no trailing blanks. */
export function formatTable(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const texts = [header, ...rows.map((row) => row.map(formatCell))]
  const widths = header.map((_, column) => Math.max(...texts.map((row) => (row[column] ?? '').length)))
  const right = header.map((_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === 'number'))
  const lines = texts.map((row) =>
    row
      .map((text, column) =>
        right[column] === true ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  )
  return `${lines.join('\n')}\n`
}

function formatCell(cell: Cell): string {
  return typeof cell === 'number' ? cell.toLocaleString('en-US') : cell
}
