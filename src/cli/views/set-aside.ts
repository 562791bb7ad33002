/** Rows in quarantine for a person and as JSON: what waits, one of them with the bytes it is about, and what a decision did. */
import { rowNameOf, type Quarantined, type RowName } from '../../evidence/quarantine.ts'
import type { Landed } from '../../log/landing.ts'
import { END_WORDS, type QuarantineDecided } from '../../pipeline/quarantine-decisions.ts'
import { counted, type Column } from '../output.ts'

export const ROW_COLUMNS: readonly Column[] = [
  { title: 'Landed' },
  { title: 'Source' },
  { title: 'Object' },
  { title: 'Row' },
  { title: 'Reason' },
]

export function quarantineRow(row: Quarantined): readonly string[] {
  return [iso(row.landedAtMs), sourceOf(row), row.object, rowNameOf(row), row.reason]
}

export function quarantineView({ landedAtMs, ended, ...row }: Quarantined) {
  return {
    row: rowNameOf(row),
    ...row,
    landedAt: iso(landedAtMs),
    ended: ended === null ? null : { as: ended.as, at: iso(ended.atMs), by: ended.by, why: ended.why },
  }
}

export interface ShownRow {
  readonly name: RowName
  /** Of the item, at least one. */
  readonly rows: readonly Quarantined[]
  /** Where the bytes came; another item than the rows' after they were read again. */
  readonly landed: Landed
  readonly canBeReadAgain: boolean
  /** How much of the bytes is shown. */
  readonly bytes: number
}

/** What is no text of a terminal is shown as it is written in JSON. */
export function excerptOfBytes({ landed, bytes, rows }: ShownRow): readonly string[] {
  const text = landed.body.toString('utf8')
  const own = new Set(rows.map(({ line }) => line).filter((line) => line > 0))
  const first: unknown = typeof landed.request === 'object' ? Reflect.get(landed.request ?? {}, 'firstLine') : undefined
  if (typeof first === 'number' && own.size > 0) {
    const lines = text.split('\n').map((line, index) => ({ number: first + index, line: line.replace(/\r$/, '') }))
    return lines.filter(({ number }) => own.has(number)).map(({ number, line }) => `${number}: ${cut(line, bytes)}`)
  }
  return [cut(text, bytes)]
}

function cut(text: string, most: number): string {
  const shown = JSON.stringify(text.slice(0, most))
    .slice(1, -1)
    .replaceAll(String.raw`\"`, '"')
  return text.length > most ? `${shown} … (${text.length - most} characters more)` : shown
}

export function shownView(shown: ShownRow) {
  const { rows, landed, canBeReadAgain } = shown
  const { batch, item, kind, source, httpStatus, contentType, body, sha256 } = landed
  return {
    rows: rows.map(quarantineView),
    landed: { batch, item, kind, source, httpStatus, contentType, bytes: body.length, sha256: sha256.toString('hex') },
    canBeReadAgain,
    excerpt: excerptOfBytes(shown),
  }
}

export function shownLines(shown: ShownRow): readonly string[] {
  const { name, rows, landed, canBeReadAgain } = shown
  const waits = rows.some(({ ended }) => ended === null)
  const row = rowNameOf(name)
  const status = landed.httpStatus === null ? '' : `, HTTP ${landed.httpStatus}`
  return [
    ...rows.flatMap((each) => [
      `${rowNameOf(each)}  ${sourceOf(each)}  ${each.object}`,
      `  ${each.reason}`,
      `  ${endText(each)}`,
    ]),
    '',
    `Landed ${iso(landed.fetchedAtMs)} as ${landed.kind}${status}, ${landed.body.length} bytes (tieout trace landing:${landed.batch}.${landed.item} --raw prints all):`,
    ...excerptOfBytes(shown).map((line) => `  ${line}`),
    ...(waits
      ? [
          '',
          canBeReadAgain
            ? `Read it again: tieout decide ${row} retry --why TEXT`
            : 'It is not read from old bytes again: the next run asks the vendor, and a good answer settles it.',
          'Or decide the item that tells of it as acknowledge: nothing of it is booked.',
        ]
      : []),
  ]
}

function endText({ ended }: Quarantined): string {
  if (ended === null) return 'waits for a decision, or for a later answer of the same thing'
  const who = ended.by === null ? '' : ` by ${ended.by}: ${ended.why ?? ''}`
  return `${END_WORDS[ended.as]}${who} (${iso(ended.atMs)})`
}

export function decidedView({ rows, posted, unread }: QuarantineDecided, dryRun: boolean) {
  return { rows: rows.map(quarantineView), posted, unread: unread.map(quarantineView), dryRun }
}

export function decidedLines({ rows, posted, unread }: QuarantineDecided, dryRun: boolean): readonly string[] {
  return [
    ...rows.map((row) => `${rowNameOf(row)} ${sourceOf(row)} ${row.object}: read again.`),
    ...(posted === 0 ? [] : [`${counted(posted, 'transaction')} posted.`]),
    ...unread.map((row) => `Still not readable, now ${rowNameOf(row)}: ${row.object}: ${row.reason}`),
    ...(dryRun ? ['Dry run: nothing was kept.'] : []),
  ]
}

function sourceOf({ source }: Quarantined): string {
  return source === '' ? 'evidence file' : source
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
