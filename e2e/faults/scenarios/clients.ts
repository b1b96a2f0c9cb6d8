import type { Scenario, Scene } from './scenario.ts'

const MINUTE_MS = 60_000

function setClocks({ senders }: Scene, stepMs: number): void {
  for (const { client } of senders) client.clockStepMs = stepMs
}

function clockStep(options: Pick<Scenario, 'name' | 'about' | 'expected'> & { readonly stepMs: number }): Scenario {
  const { stepMs, ...rest } = options
  return {
    ...{ ...rest, brokers: 1 },
    fault: {
      inject: (scene) => {
        setClocks(scene, stepMs)
      },
      heal: (scene) => {
        setClocks(scene, 0)
      },
    },
  }
}

export const CLIENT_SCENARIOS: readonly Scenario[] = [
  clockStep({
    name: 'clock-back',
    about: "the clients' clocks go back by half an hour, and forth again",
    stepMs: -30 * MINUTE_MS,
  }),
  clockStep({
    name: 'clock-forward',
    about: "the clients' clocks go nine minutes ahead, and back again",
    stepMs: 9 * MINUTE_MS,
  }),
  clockStep({
    name: 'clock-too-far',
    about: "the clients' clocks go an hour ahead, beyond limits.max_point_future",
    expected: 'points of that hour are refused with the limit named and are nowhere; all else as always',
    stepMs: 60 * MINUTE_MS,
  }),
]
