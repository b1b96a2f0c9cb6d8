import { integer } from './settings.ts'

/** Settings of every sink that replays are written by. */
export const replaySettings = {
  PEGEL_REPLAY_POINTS_PER_SECOND: integer({ min: 1 })
    .default(10_000)
    .describe('Points of replays that this process writes a second at most; live points are not held up by it.'),
}
