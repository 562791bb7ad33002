/**
 * Where files that overlap differ (S4). Lines with the day and amount of known ones in other words are counted once, and said;
 * so is a day that a file shows whole and of which no file shows all lines. A file that shows the whole day settles it; so does
 * a person who says what they are.
 */
import { abs, formatMoney } from '../../domain/money/money.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import type { Landed } from '../../log/landing.ts'
import type { DoubtfulLine, SavedSection } from '../../evidence/statements/save-statement.ts'
import { dayShown } from '../../evidence/statements/sightings.ts'
import { openObjects } from '../../reconcile/exceptions.ts'
import { linesInDispute } from '../../statements/rules/s4-once.ts'
import { isOver, judge, stands } from '../engine/items.ts'
import type { BatchContext } from './context.ts'
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
  { account, file, sections }: Pick<ImportedStatement, 'account' | 'file' | 'sections'>,
): Promise<void> {
  const open = await openObjects(context.db, context.book, item.source, ['STATEMENT_DIFFERS'])
  for (const { section, range, lines, doubtful } of sections) {
    const prefix = overlapObject(section.currency, '')
    for (const object of open) {
      const day = object.slice(prefix.length)
      if (!object.startsWith(prefix) || range === null || day <= range.first || day >= range.last) continue
      await isOver(context, item, { source: item.source, object })
    }
    for (const day of new Set(doubtful.map(({ date }) => date))) {
      const ofDay = doubtful.filter(({ date }) => date === day)
      await stands(context, item, {
        source: item.source,
        code: 'STATEMENT_DIFFERS',
        object: overlapObject(section.currency, day),
        // What is in doubt: money in and money out are no less together than apart.
        amount: ofDay.reduce((sum, { amount }) => sum + abs(amount), 0n),
        currency: section.currency,
        detail: sentence(file, day, ofDay),
      })
    }
    const of = { id: account, name: item.source, currency: section.currency }
    for (const day of daysWithMore(lines)) await raiseDay(context, item, of, day)
  }
  await settleDays(context, item, { id: account, name: item.source })
}

function dayObject(currency: string, day: IsoDate): string {
  return `day:${currency}:${day}`
}

/** Only a line that nobody showed before can make a day one that files dispute. */
function daysWithMore(lines: SavedSection['lines']): ReadonlySet<IsoDate> {
  return new Set(
    lines.filter(({ isKnown, line }) => !isKnown && line.uncounted === null).map(({ line: { date } }) => date),
  )
}

export interface AccountDays {
  readonly id: bigint
  readonly name: string
  readonly currency: string
}

/** Also when what settled the day is taken back: a file that showed all lines, or that a line was ignored. */
export async function raiseDay(
  context: BatchContext,
  item: Landed,
  { id: account, name, currency }: AccountDays,
  date: IsoDate,
): Promise<void> {
  const { files, amounts } = await dayShown(context.db, context.book, { account, currency, date })
  const lines = linesInDispute(files).map((id) => ({ id, date, amount: amounts.get(id) ?? 0n }))
  if (lines.length === 0) return
  const disputed = {
    code: 'STATEMENT_DIFFERS',
    object: dayObject(currency, date),
    amount: lines.reduce((sum, { amount }) => sum + abs(amount), 0n),
    currency,
    detail:
      `Files differ on ${date}, and none shows all lines of the day: not every file that covers it shows ${named(lines)}. Each is ` +
      'counted. If one is a misprint, or was replaced by another: tieout decide line:NUMBER ignore. If all are right, decide this as accept.',
  } as const
  const { code, object } = disputed
  await judge(context, item, name, { codes: [code], about: [object], standing: [disputed], looksAgain: true })
}

/** Days that a file shows with all their lines, or of which the lines in dispute were ignored or taken back. */
export async function settleDays(
  context: BatchContext,
  item: Landed,
  account: { readonly id: bigint; readonly name: string },
): Promise<void> {
  for (const object of await openObjects(context.db, context.book, account.name, ['STATEMENT_DIFFERS'])) {
    const [, currency, date] = /^day:([^:]+):(.+)$/.exec(object) ?? []
    if (currency === undefined || date === undefined) continue
    const { files } = await dayShown(context.db, context.book, { account: account.id, currency, date })
    if (linesInDispute(files).length === 0)
      await isOver(context, item, { source: account.name, object }, ['STATEMENT_DIFFERS'])
  }
}

function sentence(file: string, day: IsoDate, lines: readonly DoubtfulLine[]): string {
  return (
    `${file} and earlier files differ on ${day}, and neither shows all lines of the other. In other words it shows ${named(lines)}: ` +
    'taken as the same; where one is a second line of its own, decide this as not-a-duplicate, with --line LINE for one of several.'
  )
}

function named(lines: readonly DoubtfulLine[]): string {
  const first = lines.slice(0, LINES_NAMED).map(({ id, amount }) => `line ${id} (${formatMoney(amount)})`)
  const more = lines.length > LINES_NAMED ? ` and ${lines.length - LINES_NAMED} more` : ''
  return `${first.join(', ')}${more}`
}
