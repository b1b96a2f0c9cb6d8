import type { RequestPoints } from '../../ingest/request-points.ts'
import type { WireReader } from '../../wire/wire-reader.ts'
import { BodyMarks } from './body-template.ts'
import type { BodyTemplate } from './body-template.ts'
import type { TemplateMemory, TemplateOwner } from './template-memory.ts'

/** Lengths of bodies that were seen once; beyond it they are seen for the first time again. */
const MAX_LENGTHS = 64
/** Clients whose bodies have one length: each is looked at. */
const MAX_ALIKE = 8

/** The bodies that clients of one tenant send again and again, as templates. */
export class KnownBodies implements TemplateOwner {
  readonly #memory: TemplateMemory
  readonly #templates = new Map<number, BodyTemplate[]>()
  readonly #seen = new Set<number>()

  constructor(memory: TemplateMemory) {
    this.#memory = memory
  }

  /** Takes the points of a body that is known but for its time and values. False, and nothing is taken, of any other. */
  take(reader: WireReader, points: RequestPoints): boolean {
    const { bytes } = reader
    const template = this.#templates.get(bytes.length)?.find((each) => each.isLike(bytes))
    if (template === undefined) return false
    if (template.stamp === points.stamp && template.take(reader, points)) {
      template.usedAtMs = points.receivedAtMs
      return true
    }
    this.#memory.giveBack(template)
    return false
  }

  forget(template: BodyTemplate): void {
    const { bodyBytes } = template
    const rest = this.#templates.get(bodyBytes)?.filter((each) => each !== template) ?? []
    if (rest.length === 0) this.#templates.delete(bodyBytes)
    else this.#templates.set(bodyBytes, rest)
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
