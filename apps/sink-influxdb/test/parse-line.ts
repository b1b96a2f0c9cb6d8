/** A line as InfluxDB reads it. String fields are given back as JSON. */
export interface ParsedLine {
  readonly measurement: string
  readonly tags: Readonly<Record<string, string>>
  readonly fields: Readonly<Record<string, string>>
  readonly time: string
}

/**
 * A line protocol parser written from InfluxDB's syntax reference: a backslash escapes a comma, a space, an equals sign (not in a measurement) and, in
 * string fields, a double quote and itself; before anything else it is text.
 */
export function parseLine(line: string): ParsedLine {
  const reader = new Reader(line)
  const measurement = reader.until(', ')
  const tags: Record<string, string> = Object.create(null) as Record<string, string>
  while (reader.take(',')) {
    const key = reader.until('=')
    reader.expect('=')
    if (key in tags) throw new Error(`tag ${key} twice`)
    tags[key] = reader.until(', ')
  }
  reader.expect(' ')
  const fields: Record<string, string> = {}
  do {
    const key = reader.until('=')
    reader.expect('=')
    if (key in fields) throw new Error(`field ${key} twice`)
    fields[key] = reader.peek() === '"' ? JSON.stringify(reader.quoted()) : reader.until(', ')
  } while (reader.take(','))
  reader.expect(' ')
  const time = reader.until('')
  if (measurement === '' || !/^-?\d+$/.test(time)) throw new Error(`not a line: ${line}`)
  return { measurement, tags: { ...tags }, fields, time }
}

class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  peek(): string {
    return this.#text.charAt(this.#at)
  }

  take(char: string): boolean {
    if (this.peek() !== char) return false
    this.#at += 1
    return true
  }

  expect(char: string): void {
    if (!this.take(char)) throw new Error(`expected ${JSON.stringify(char)} at ${this.#at} of ${this.#text}`)
  }

  /** Up to one of the delimiters, which has to follow unescaped, or to the end. */
  until(delimiters: string): string {
    let read = ''
    while (this.#at < this.#text.length && !delimiters.includes(this.peek())) {
      const next = this.#text.charAt(this.#at + 1)
      if (this.peek() === '\\' && next !== '' && ',= '.includes(next)) this.#at += 1
      read += this.peek()
      this.#at += 1
    }
    return read
  }

  quoted(): string {
    this.expect('"')
    let read = ''
    while (this.peek() !== '"') {
      if (this.peek() === '') throw new Error('unterminated string')
      const next = this.#text.charAt(this.#at + 1)
      if (this.peek() === '\\' && '"\\'.includes(next)) this.#at += 1
      read += this.peek()
      this.#at += 1
    }
    this.expect('"')
    return read
  }
}
