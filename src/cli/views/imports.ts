/** What an import did: how the file was read, what its rows came to, and every row that was set aside with its reason. */
import { formatMoney } from '../../domain/money/money.ts'
import { dayOf, type EarlierImport } from '../../pipeline/import-file.ts'
import type { ImportOutcome } from '../../pipeline/imports.ts'
import type { OrderHistoryLayout } from '../../sources/panel/history-layout.ts'
import { HISTORY_FIELDS } from '../../sources/panel/history-columns.ts'
import { counted } from '../output.ts'
import type { Session } from '../session.ts'
import { footingLines, footingView } from './footing.ts'
import { totalsView } from './totals.ts'

export interface ShownImport extends ImportOutcome {
  /** How an order history was read; evidence files have one fixed layout. */
  readonly layout?: OrderHistoryLayout
  readonly dryRun: boolean
}

/** Reasons printed; --json has them all. */
const REASONS_SHOWN = 20

/** Where what was set aside can be read again. */
export const SHOWN_AGAIN = 'What was set aside is listed by: tieout todo --set-aside'

export function importView({ files, quarantined, layout, dryRun }: ShownImport) {
  return {
    dryRun,
    ...(layout === undefined ? {} : { layout, ignored: ignoredColumns(layout) }),
    files: files.map(({ file, sha256, alreadyImported, earlier, totals, footing }) => ({
      file,
      sha256,
      alreadyImported,
      earlier: earlier.map(({ importedAtMs, ...each }) => ({
        ...each,
        importedAt: new Date(importedAtMs).toISOString(),
      })),
      totals: totals === null ? null : totalsView(totals),
      ...(footing === null ? {} : { footing: footingView(footing) }),
    })),
    quarantined,
  }
}

export function importLines(session: Session, shown: ShownImport): readonly string[] {
  const { files, quarantined, layout, dryRun } = shown
  return [
    ...(layout === undefined ? [] : layoutLines(session, layout)),
    ...files.flatMap(({ footing }) => (footing === null ? [] : footingLines(session, footing, dryRun))),
    ...files.map((file) => {
      if (file.alreadyImported) return `${file.file}: ${earlierText(file.earlier)}; nothing to do.`
      const { rows, money } = file.totals ?? { rows: null, money: {} }
      if (rows === null) return `${file.file}: it has a header and no rows.`
      const sums = Object.entries(money).map(([currency, line]) => `${formatMoney(line.in)} ${currency}`)
      return (
        `${file.file}: ${counted(rows.in, 'row')}${sums.length === 0 ? '' : ` (${sums.join(', ')})`}: ` +
        `${rows.posted} new, ${rows.unchanged} known before, ${rows.quarantined} set aside, ${rows.excepted} excepted.`
      )
    }),
    ...quarantined.slice(0, REASONS_SHOWN).map(({ object, reason }) => `Set aside: ${object}: ${reason}`),
    ...(quarantined.length > REASONS_SHOWN
      ? [`… and ${quarantined.length - REASONS_SHOWN} more; --json lists them all.`]
      : []),
    ...(quarantined.length > 0 && !dryRun ? [SHOWN_AGAIN] : []),
    ...(dryRun ? ['Dry run: nothing was kept.'] : []),
  ]
}

function earlierText(earlier: readonly EarlierImport[]): string {
  const places = earlier.map(
    ({ source, file, importedAtMs }) => `${source === '' ? '' : `into ${source} `}on ${dayOf(importedAtMs)} as ${file}`,
  )
  return `imported before, ${places.join(' and ')}`
}

function layoutLines(session: Session, layout: OrderHistoryLayout): readonly string[] {
  const rows = HISTORY_FIELDS.map((field) => {
    const column = layout.columns[field]
    return [field, column === undefined ? '–' : (layout.headers[column] ?? '')]
  })
  const ignored = ignoredColumns(layout)
  const order = layout.dayOrder === null ? '' : `, ${layout.dayOrder}`
  const dates = layout.columns.date === undefined ? 'No dates' : `Dates in ${layout.timeZone}${order}`
  return [
    ...session.table([{ title: 'Field' }, { title: 'Column of the file' }], rows),
    ...(ignored.length === 0 ? [] : [`Not used: ${ignored.join(', ')}.`]),
    `${dates}; decimal mark ${layout.decimal ?? 'not seen'}; separator ${JSON.stringify(layout.delimiter)}.`,
    '',
  ]
}

function ignoredColumns({ headers, columns }: OrderHistoryLayout): readonly string[] {
  const used = new Set(Object.values(columns))
  return headers.filter((_, index) => !used.has(index))
}
