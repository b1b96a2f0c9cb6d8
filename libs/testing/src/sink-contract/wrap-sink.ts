import type { Sink } from '@pegel/pipeline'

/** The same sink with another way to write. */
export function through(sink: Sink, write: Sink['write']): Sink {
  return {
    write,
    check: (signal) => sink.check(signal),
    ...(sink.assigned === undefined ? {} : { assigned: sink.assigned.bind(sink) }),
    ...(sink.abandoned === undefined ? {} : { abandoned: sink.abandoned.bind(sink) }),
    ...(sink.prepare === undefined ? {} : { prepare: sink.prepare.bind(sink) }),
    close: () => sink.close(),
  }
}
