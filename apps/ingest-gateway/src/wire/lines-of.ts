export interface TextLine {
  /** Counted from 1. */
  readonly line: number
  readonly content: string
}

/** Lines that are not blank, one at a time: a text may hold millions. */
export function* linesOf(text: string): Generator<TextLine> {
  let line = 0
  for (let from = 0; from < text.length;) {
    line += 1
    const newline = text.indexOf('\n', from)
    const to = newline === -1 ? text.length : newline
    const content = text.slice(from, to)
    from = to + 1
    if (content.trim() !== '') yield { line, content }
  }
}
