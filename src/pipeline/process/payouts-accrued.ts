/**
 * P2: a line that a rule of its account calls a payout, for which nothing is due, is paid out of what the network had
 * accrued on the day before it: never out of what was earned since, nor out of an opening stated for that day or later. It comes into the books as "payout:line-12", and the line settles it. Not where payouts are stated by
 * files alone, which also say what was taken on the way, nor where the counter falls when it pays, which shows it itself.
 */
import { classifyLine } from '../../domain/matching/descriptor.ts'
import { unitsPerMinor, type Units } from '../../domain/money/money.ts'
import { grossesOf } from '../../domain/settlement/taken.ts'
import { addDays } from '../../domain/time/dates.ts'
import type { IsoDate, TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../log/landing.ts'
import { findItems } from '../../evidence/open-items.ts'
import { requireSourceNamed, type BatchContext, type ContextSource } from './context.ts'
import { bookLineAsPayout, LINE_REFERENCE } from './line-as-payout.ts'
import { readPool, type Pool, type PoolLine } from './match-pool.ts'
import { unpaidOn } from './payouts-due.ts'
import { takingOf } from './taking-of-line.ts'

/** `day` is the night's: what was earned after it pays nothing. */
export async function bookAccruedLines(
  context: BatchContext,
  item: Landed,
  day: IsoDate,
): Promise<readonly TransactionDraft[]> {
  const drafts: TransactionDraft[] = []
  for (const { name, payouts } of context.settings.sources) {
    if (context.settings.money === undefined || payouts === undefined || payouts.schedule === 'stated') continue
    const source = requireSourceNamed(context, item, name)
    if (source.counterMode !== 'unpaid') drafts.push(...(await bookLinesOf(context, item, source, day)))
  }
  return drafts
}

async function bookLinesOf(
  context: BatchContext,
  item: Landed,
  source: ContextSource,
  day: IsoDate,
): Promise<readonly TransactionDraft[]> {
  const lines = paidLines(source, await readPool(context))
  if (lines.length === 0) return []
  const objects = lines.map(({ object }) => object)
  // What a person took back is not booked again.
  const before = new Set((await findItems(context.db, context.book, source.name, objects)).map(({ object }) => object))
  const drafts: TransactionDraft[] = []
  let booked = 0n
  for (const { line, object, gross } of lines) {
    const until = addDays(line.settled.date, -1)
    if (before.has(object) || gross > (await unpaidOn(context, source, until < day ? until : day)) - booked) continue
    booked += gross
    const payout = { key: object, reference: `${LINE_REFERENCE}${line.id}`, amount: gross, date: line.settled.date }
    drafts.push(...(await bookLineAsPayout(context, item, source, payout, 'paid out of what was accrued')))
  }
  return drafts
}

interface PaidLine {
  readonly line: PoolLine
  readonly object: string
  /** As the network paid it, before the one fee or tax that is known. */
  readonly gross: Units
}

/** Oldest first. None while a payout of the network is open: that is for matching, or for a person. */
function paidLines(source: ContextSource, { lines, items }: Pool): readonly PaidLine[] {
  const isDue = [...items.values()].some(({ open }) => open.kind === 'payout' && open.source === source.name)
  if (isDue) return []
  return [...lines.values()]
    .flatMap((line): PaidLine[] => {
      const { open, account, id } = line
      const means = classifyLine(open, account)
      if (means.kind !== 'of' || means.itemClass !== `payout:${source.name}`) return []
      if (open.amount <= 0n || open.isPartly || open.currency !== source.currency) return []
      const gross = grossOf(line, source)
      return gross === null ? [] : [{ line, object: `payout:${LINE_REFERENCE}${id}`, gross }]
    })
    .toSorted((a, b) => (a.line.open.date < b.line.open.date ? -1 : a.line.open.date > b.line.open.date ? 1 : 0))
}

/** Null where it is not known which of several was taken. */
function grossOf(line: PoolLine, source: ContextSource): Units | null {
  const [rule, ...others] = takingOf(line, source)
  if (rule === undefined) return line.open.gross
  if (others.length > 0) return null
  return grossesOf(line.open.gross, [rule], unitsPerMinor(line.open.currency))[0] ?? null
}
