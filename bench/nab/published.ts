/** Standard profile of the detectors of NAB's leaderboard, by their published results: on the 30 series here and on all 58. */
export const PUBLISHED: readonly { name: string; these?: number; all?: number; note?: string }[] = [
  { name: 'ARTime', these: 74.8, all: 74.9, note: "knows the file's minimum and maximum beforehand" },
  { name: 'Numenta HTM', these: 70.4, all: 70.1, note: "knows the file's minimum and maximum beforehand" },
  { name: 'CAD OSE', these: 69.6, all: 69.9, note: "knows the file's minimum and maximum beforehand" },
  { name: 'running minimum and maximum', these: 57.9, note: '24 bytes a series' },
  { name: 'KNN-CAD', these: 57.6 },
  { name: 'Random Cut Forest', these: 52.8, all: 51.7 },
  { name: 'windowed Gaussian', these: 43.2, all: 39.6, note: 'a z-score' },
]
