/** Nights are counted by days, not by passes: what W3, W5 and a panel's habit count. */
const DAY_MS = 86_400_000

/**
 * Where the nights before this one begin to be too old: a night begins at its hour, give or take, and a second one of the
 * same day is no night more.
 */
export function nightsBefore(atMs: number, nights: number): number {
  return atMs - (nights - 0.5) * DAY_MS
}
