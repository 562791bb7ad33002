/** Rows of a Razorpay report as its CSV has them: in paise, with Unix times, under the names of the API. */
export function razorpayCsv(rows: readonly Readonly<Record<string, string | number | boolean | null>>[]): string {
  const names = Object.keys(rows[0] ?? {})
  const lines = rows.map((row) => names.map((name) => String(row[name] ?? '')))
  return [names, ...lines].map((cells) => `${cells.join(',')}\n`).join('')
}
