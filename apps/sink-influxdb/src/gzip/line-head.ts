import type { Steps } from './line-steps.ts'

/** What of a line is the same for all points of a series, as a binary string, and how it is sent behind the head it came behind last. */
export class LineHead {
  readonly text: string
  /** Another number for each head; a reference to the one before would keep that in memory. */
  readonly id = nextId++
  /** Of the head before, from which `steps` (see LineSteps) lead here; 0 for none. */
  after = 0
  steps: Steps = []
  /** Where it was written last: in which fill of a sheet (see LineSheet), and at which byte. */
  fill = 0
  at = 0

  constructor(text: string) {
    this.text = text
  }
}

let nextId = 1
