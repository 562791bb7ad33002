/** Days and times of day in a zone, by the platform's own calendar. */

const FORMATS = new Map<string, Intl.DateTimeFormat>()

/** "2026-03-01 23:59:58". */
export function localTimeIn(zone: string, ms: number): string {
  const known = FORMATS.get(zone)
  const format = known ?? new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' })
  if (known === undefined) FORMATS.set(zone, format)
  return format.format(ms)
}

export function dayIn(zone: string, ms: number): string {
  return localTimeIn(zone, ms).slice(0, 10)
}
