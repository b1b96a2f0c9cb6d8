/** What became of one source point. */
export const STATUS = {
  open: 0,
  delivered: 1,
  alreadyPresent: 2,
  unsupported: 3,
  collapsed: 4,
  collided: 5,
  rejected: 6,
  retry: 7,
} as const
export type Status = (typeof STATUS)[keyof typeof STATUS]
