/**
 * How results look: a table for people, one JSON document for programs. Money is aligned right so that figures can be
 * compared by eye; on a terminal the widest text column gives way, in a file nothing is ever cut.
 */

export interface Column {
  readonly title: string
  /** Figures go right, words go left; default left. */
  readonly align?: 'left' | 'right'
}

const GAP = '  '
const NARROWEST = 8

/** Lines of a table: titles, a rule, rows. `width` is the terminal's; without it nothing is cut. */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width?: number,
): readonly string[] {
  const wanted = columns.map(({ title }, index) =>
    Math.max(title.length, ...rows.map((row) => row[index]?.length ?? 0)),
  )
  const widths = fit(columns, wanted, width)
  const line = (cells: readonly string[]): string =>
    columns
      .map(({ align }, index) => pad(cells[index] ?? '', widths[index] ?? 0, align ?? 'left'))
      .join(GAP)
      .trimEnd()
  const rule = widths.map((size) => '─'.repeat(size)).join(GAP)
  return [line(columns.map(({ title }) => title)), rule, ...rows.map(line)]
}

/** The widest text column shrinks until the line fits; figures are never cut. */
function fit(columns: readonly Column[], wanted: readonly number[], width: number | undefined): readonly number[] {
  if (width === undefined) return wanted
  const total = wanted.reduce((sum, size) => sum + size, GAP.length * (wanted.length - 1))
  if (total <= width) return wanted
  const texts = wanted.map((size, index) => (columns[index]?.align === 'right' ? 0 : size))
  const widest = texts.indexOf(Math.max(...texts))
  return wanted.map((size, index) => (index === widest ? Math.max(NARROWEST, size - (total - width)) : size))
}

function pad(text: string, size: number, align: 'left' | 'right'): string {
  const cut = text.length > size ? `${text.slice(0, Math.max(0, size - 1))}…` : text
  return align === 'right' ? cut.padStart(size) : cut.padEnd(size)
}

/** One JSON document; bigints become decimal strings, since a JSON number would lose digits. */
export function jsonText(value: unknown): string {
  const exact = (_key: string, each: unknown): unknown => (typeof each === 'bigint' ? each.toString() : each)
  const text = JSON.stringify(value, exact, 2)
  // JSON escapes the control characters below the blank; a terminal also obeys these.
  return `${text.replace(/[\u007f-\u009f]/g, (each) => `\\u00${each.charCodeAt(0).toString(16)}`)}\n`
}

/** Other people's text for a terminal: without control characters, which could move its cursor or hide what was said. */
export function printable(text: string): string {
  return text.replace(/[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069]/gu, '')
}

/** Lines as text; a line stays one line. */
export function printableLines(lines: readonly string[]): string {
  return lines.map((line) => `${printable(line.replace(/\s*\n\s*/g, ' '))}\n`).join('')
}

/** "1 journal", "3 journals": counts in sentences. */
export function counted(count: number | bigint, one: string, many = `${one}s`): string {
  return `${count} ${Number(count) === 1 ? one : many}`
}
