/**
 * Lines that a file shows with the day and amount of known ones in other words (S4): counted once, and said. A file that shows
 * the whole day settles it; so does a person who says what they are.
 */
import { abs, formatMoney } from '../../domain/money/money.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import type { Landed } from '../../evidence/landing.ts'
import type { DoubtfulLine } from '../../evidence/statements/save-statement.ts'
import { openObjects } from '../../reconcile/exceptions.ts'
import { raise, settle, type BatchContext } from './context.ts'
import type { ImportedStatement } from './statement-footing.ts'

const LINES_NAMED = 3

export function overlapObject(currency: string, day: IsoDate): string {
  return `overlap:${currency}:${day}`
}

/** The other way round; null when it is about something else. */
export function overlapOf(object: string): { readonly currency: string; readonly date: IsoDate } | null {
  const [, currency, date] = /^overlap:([^:]+):(\d{4}-\d\d-\d\d)$/.exec(object) ?? []
  return currency === undefined || date === undefined ? null : { currency, date }
}

export async function checkOverlaps(
  context: BatchContext,
  item: Landed,
  { file, sections }: Pick<ImportedStatement, 'file' | 'sections'>,
): Promise<void> {
  const open = await openObjects(context.db, context.book, item.source, ['STATEMENT_DIFFERS'])
  for (const { section, range, doubtful } of sections) {
    const prefix = overlapObject(section.currency, '')
    for (const object of open) {
      const day = object.slice(prefix.length)
      if (!object.startsWith(prefix) || range === null || day <= range.first || day >= range.last) continue
      await settle(context, item, object)
    }
    for (const day of new Set(doubtful.map(({ date }) => date))) {
      const ofDay = doubtful.filter(({ date }) => date === day)
      await raise(context, item, {
        source: item.source,
        code: 'STATEMENT_DIFFERS',
        object: overlapObject(section.currency, day),
        // What is in doubt: money in and money out are no less together than apart.
        amount: ofDay.reduce((sum, { amount }) => sum + abs(amount), 0n),
        currency: section.currency,
        detail: sentence(file, day, ofDay),
      })
    }
  }
}

function sentence(file: string, day: IsoDate, lines: readonly DoubtfulLine[]): string {
  const named = lines.slice(0, LINES_NAMED).map(({ id, amount }) => `line ${id} (${formatMoney(amount)})`)
  const more = lines.length > LINES_NAMED ? ` and ${lines.length - LINES_NAMED} more` : ''
  return (
    `${file} and earlier files differ on ${day}, and neither shows all lines of the other. In other words it shows ${named.join(', ')}${more}: ` +
    'taken as the same; where one is a second line of its own, resolve this as not-a-duplicate, with --line LINE for one of several.'
  )
}
