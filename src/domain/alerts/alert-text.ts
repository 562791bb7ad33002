/** How alerts write times: short, in UTC, and the same on every channel. */

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** "2026-03-20 00:15 UTC" */
export function instantText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

/** "45 minutes", "26 hours", "4 days": the largest unit that still says enough. */
export function ageText(ms: number): string {
  if (ms < 2 * HOUR_MS) return counted(Math.max(0, Math.floor(ms / MINUTE_MS)), 'minute')
  if (ms < 2 * DAY_MS) return counted(Math.floor(ms / HOUR_MS), 'hour')
  return counted(Math.floor(ms / DAY_MS), 'day')
}

function counted(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}
