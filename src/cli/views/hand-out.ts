/**
 * What a person types to hand approved journals to the accountant's program: one export command per import format of
 * the book, with the dates the journals carry there. A night writes only what it approved by itself.
 */
import { DEFAULT_CONFIG_FILE } from '../../config/load.ts'
import type { BookConfig, Config, ExportFormat } from '../../config/model.ts'
import type { SealedJournal } from '../../domain/journals/journal.ts'
import type { DayRange } from '../../journals/drafts.ts'
import { JOURNAL_EXPORTS } from '../../targets/files/export.ts'
import { counted } from '../output.ts'

/** The dates of the journals in the target, both ends inside; null when there are none. */
export function documentDates(journals: readonly SealedJournal[]): DayRange | null {
  const dates = journals.map(({ documentDate }) => documentDate).toSorted()
  const [from, to] = [dates[0], dates.at(-1)]
  return from === undefined || to === undefined ? null : { from, to }
}

export function exportCommands(config: Config, book: BookConfig, { from, to }: DayRange): readonly string[] {
  const wanted = importFormats(book)
  const formats = wanted.length === 0 ? JOURNAL_EXPORTS : wanted
  const global = [
    ...(config.file === DEFAULT_CONFIG_FILE ? [] : ['--config', config.file]),
    ...(config.books.length === 1 ? [] : ['--book', book.name]),
  ]
  return formats.map((format) => {
    const flags = ['--format', format, '--from', from, '--to', to, '--out', book.export?.directory ?? 'exports']
    return ['tieout', ...global, 'export', ...flags].map(quoted).join(' ')
  })
}

function importFormats(book: BookConfig): readonly ExportFormat[] {
  return JOURNAL_EXPORTS.filter((format) => book.export?.formats.includes(format) === true)
}

/** `before` were approved earlier and carry the same dates, so the files show them again. */
export function handOutLines(
  book: BookConfig,
  commands: readonly string[],
  before: readonly SealedJournal[],
): readonly string[] {
  const lead = importFormats(book).length === 0 ? 'Hand out with one of these:' : 'Hand out with:'
  const names = before.map(({ document }) => document)
  const shown = names.length > 3 ? `${names[0]} to ${names.at(-1)}` : names.join(', ')
  const again = `The files also hold ${counted(names.length, 'journal')} of these dates approved before (${shown}): import each document once.`
  return [lead, ...commands.map((command) => `  ${command}`), ...(names.length === 0 ? [] : [again])]
}

/** As a shell reads it back: plain words stay as they are. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}
