import { duration, integer, ratio } from './settings.ts'

/** When a sink puts a tenant aside. Of every sink. */
export const laneSettings = {
  PEGEL_LANE_PARK_AFTER_MS: duration({ min: 100 })
    .default(10_000)
    .describe(
      'A tenant is put aside, while others flow, when its writes have failed or its queue has been full for so long although the backend takes writes, in ms or as 10s.',
    ),
  PEGEL_LANE_DEAD_LETTER_SHARE: ratio()
    .default(0.01)
    .describe(
      'A tenant is stopped when one reason would make dead letters of more than this share of its last points; 1 turns this off.',
    ),
  PEGEL_LANE_DEAD_LETTER_WINDOW: integer({ min: 1 })
    .default(10_000)
    .describe('How many last points that share is of; it is not judged before there were so many.'),
  PEGEL_LANE_DEAD_LETTER_RUN: integer({ min: 1 })
    .default(1_000)
    .describe('A tenant is stopped when so many points in a row would become dead letters for one reason.'),
}
