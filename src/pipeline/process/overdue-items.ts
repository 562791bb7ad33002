/** What should have arrived by a night and has not: payouts after their days, other items once statements cover theirs, or weeks after. Closes what has come. */
import { formatMoney } from '../../domain/money/money.ts'
import { dueBy } from '../../domain/payouts/window.ts'
import type { ExceptionCode } from '../../domain/exception.ts'
import { addDays } from '../../domain/time/dates.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import type { Landed } from '../../log/landing.ts'
import { openItems, type OpenItem } from '../../evidence/open-items.ts'
import { beforeStatements } from '../../evidence/statements/begin.ts'
import type { MoneyAccountSettings } from '../settings.ts'
import type { PlacedException } from '../../reconcile/exceptions/raise.ts'
import { judgeAll } from '../engine/items.ts'
import type { BatchContext } from './context.ts'
import { moneyAccounts } from './match-pool.ts'
import { isUnseen } from './panel-items.ts'

/** A payout of which nothing came is late by the vendor's days; everything else is in transit for too long. */
export const OVERDUE = ['PAYOUT_OVERDUE', 'TOP_UP_MISSING'] as const satisfies readonly ExceptionCode[]

export async function raiseOverdueItems(context: BatchContext, item: Landed, day: IsoDate): Promise<void> {
  const late: PlacedException[] = []
  const covered = await coveredUntil(context)
  const isBefore = await beforeStatements(context.db, context.book, moneyAccounts(context))
  const isBeforeAny = await beforeStatements(
    context.db,
    context.book,
    moneyAccounts(context).filter((account) => hasStatements(account, covered)),
  )
  for (const each of await openItems(context.db, context.book)) {
    const code = lateCode(context, each, day, covered)
    // Statements begin later: it may have come long ago.
    if (code === null || isBefore(each) || (each.kind !== 'payout' && isBeforeAny(each))) continue
    late.push({
      source: each.source,
      code,
      object: each.object,
      amount: each.amount - each.matched,
      currency: each.currency,
      detail: detailOf(context, each),
      place: each.evidence,
    })
  }
  const about = (object: string): boolean => !isUnseen(object)
  await judgeAll(context, item, context.sourceIds.keys(), { codes: OVERDUE, about }, late)
}

/** What the vendor pays is late by its own days, whether or not a statement was imported; the rest when a statement could have shown it. */
function lateCode(
  context: BatchContext,
  each: OpenItem,
  day: IsoDate,
  covered: ReadonlyMap<string, IsoDate>,
): ExceptionCode | null {
  // Of one that came short PAYOUT_DIFFERS names the rest already.
  if (each.kind === 'payout')
    return each.matched === 0n && isOverduePayout(context, each, day) ? 'PAYOUT_OVERDUE' : null
  const where = (context.settings.money?.accounts ?? []).filter(({ name }) =>
    each.account === '' ? name !== each.source : name === each.account,
  )
  const isLate = isCovered(each, where, covered) || (hasWaited(each, day) && mayShow(each, where, covered))
  return isLate ? 'TOP_UP_MISSING' : null
}

/** An account that never held the currency shows nothing of it, and is not waited for. */
function isCovered(
  { currency, lastDate }: OpenItem,
  where: readonly MoneyAccountSettings[],
  covered: ReadonlyMap<string, IsoDate>,
): boolean {
  const seen = where
    .filter((account) => account.currency === currency || covered.has(`${account.name} ${currency}`))
    .map(({ name }) => covered.get(`${name} ${currency}`))
  return seen.length > 0 && seen.every((until) => until !== undefined && until > lastDate)
}

/** Days after the last one on which a statement that nobody imports is not waited for any longer. */
const WAITING_DAYS = 30

function hasWaited({ lastDate }: OpenItem, day: IsoDate): boolean {
  return day > addDays(lastDate, WAITING_DAYS)
}

/** What left by a line was seen to leave; anything else needs an account whose statements are imported at all. */
function mayShow(
  { kind }: OpenItem,
  where: readonly MoneyAccountSettings[],
  covered: ReadonlyMap<string, IsoDate>,
): boolean {
  return kind === 'transfer' || kind === 'settlement' || where.some((account) => hasStatements(account, covered))
}

function hasStatements({ name }: { readonly name: string }, covered: ReadonlyMap<string, IsoDate>): boolean {
  return [...covered.keys()].some((key) => key.startsWith(`${name} `))
}

/** By the vendor's own days, which may end before those on which a statement may show it. */
export function isOverduePayout(
  { settings }: Pick<BatchContext, 'settings'>,
  { kind, source, date }: Pick<OpenItem, 'kind' | 'source' | 'date'>,
  day: IsoDate,
): boolean {
  const payouts = settings.sources.find(({ name }) => name === source)?.payouts
  return kind === 'payout' && payouts !== undefined && day > dueBy(date, payouts.dueDays)
}

function detailOf(
  context: BatchContext,
  { id, kind, source, amount, matched, currency, date, lastDate }: OpenItem,
): string {
  const open = `${formatMoney(amount - matched)} of ${formatMoney(amount)} ${currency} (item ${id})`
  if (kind !== 'payout') return `no line has settled ${open}, which statements should show by ${lastDate}`
  const dueDays = context.settings.sources.find(({ name }) => name === source)?.payouts?.dueDays ?? 0
  return `${open} was due by ${dueBy(date, dueDays)} and has not arrived`
}

/** "account currency" → the last day its statements speak of. */
async function coveredUntil(context: BatchContext): Promise<ReadonlyMap<string, IsoDate>> {
  const names = new Map([...context.sourceIds].map(([name, id]) => [id, name]))
  const rows = await context.db
    .selectFrom('statement_section')
    .select(['account', 'currency'])
    .select(({ fn }) => fn.max('last_date').as('until'))
    .where('book', '=', context.book)
    .groupBy(['account', 'currency'])
    .execute()
  return new Map(
    rows.flatMap(({ account, currency, until }) =>
      until === null ? [] : [[`${names.get(account) ?? ''} ${currency}`, until] as const],
    ),
  )
}
