import type { RequestPoints } from '../../ingest/request-points.ts'
import type { WireReader } from '../../wire/wire-reader.ts'
import { BodyMarks } from './body-template.ts'
import type { BodyTemplate } from './body-template.ts'
import type { TemplateMemory } from './template-memory.ts'

/** Lengths of bodies that were seen once; beyond it they are seen for the first time again. */
const MAX_LENGTHS = 64
/** Clients whose bodies have one length: each is looked at. */
const MAX_ALIKE = 8

/** The bodies that clients of one tenant send again and again, as templates. */
export class KnownBodies {
  readonly #memory: TemplateMemory
  readonly #templates = new Map<number, BodyTemplate[]>()
  readonly #seen = new Set<number>()

  constructor(memory: TemplateMemory) {
    this.#memory = memory
  }

  /** Takes the points of a body that is known but for its time and values. False, and nothing is taken, of any other. */
  take(reader: WireReader, points: RequestPoints): boolean {
    const { bytes } = reader
    const alike = this.#templates.get(bytes.length)
    const template = alike?.find((each) => each.isLike(bytes))
    if (alike === undefined || template === undefined) return false
    if (this.#memory.holds(template) && template.stamp === points.stamp && template.take(reader, points)) {
      template.usedAtMs = points.receivedAtMs
      return true
    }
    this.#memory.giveBack(template)
    if (alike.length === 1) this.#templates.delete(bytes.length)
    else alike.splice(alike.indexOf(template), 1)
    return false
  }

  /** What to note of a body that is not known; undefined if it need not be, since none of its length came lately or there is no room. */
  marks({ bytes: { length } }: WireReader, points: RequestPoints): BodyMarks | undefined {
    if (!this.#seen.has(length)) {
      if (this.#seen.size >= MAX_LENGTHS) this.#seen.clear()
      this.#seen.add(length)
      return undefined
    }
    if ((this.#templates.get(length)?.length ?? 0) >= MAX_ALIKE) return undefined
    return this.#memory.hasRoom(points.receivedAtMs) ? freshMarks() : undefined
  }

  /** Keeps a body whose points were taken now, if it can be a template. */
  keep(marks: BodyMarks, reader: WireReader, points: RequestPoints): void {
    const template = marks.template(reader, points)
    if (template === undefined || !this.#memory.borrow(template, this, points.receivedAtMs)) return
    const alike = this.#templates.get(reader.bytes.length)
    if (alike === undefined) this.#templates.set(reader.bytes.length, [template])
    else alike.push(template)
  }
}

/** Decoding is synchronous: one is enough. */
const shared = new BodyMarks()

function freshMarks(): BodyMarks {
  shared.reset()
  return shared
}
