/** An instant's day in UTC, as books and companies write it. */
export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}
