/** What should have arrived by a night and has not: payouts after their days, other items once statements cover theirs. Closes what has come. */
import { formatMoney } from '../../domain/money/money.ts'
import { dueBy } from '../../domain/payouts/window.ts'
import type { ExceptionCode } from '../../domain/exception.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import type { Landed } from '../../evidence/landing.ts'
import { openItems, type OpenItem } from '../../evidence/open-items.ts'
import { beforeStatements } from '../../evidence/statements/begin.ts'
import { openObjects } from '../../reconcile/exceptions.ts'
import { raise, type BatchContext } from './context.ts'
import { moneyAccounts } from './match-pool.ts'
import { settleCodes } from './settle-codes.ts'

export async function raiseOverdueItems(context: BatchContext, item: Landed, day: IsoDate): Promise<void> {
  const late = new Map<string, { readonly code: ExceptionCode; readonly due: OpenItem }>()
  const covered = await coveredUntil(context)
  const isBefore = await beforeStatements(context.db, context.book, moneyAccounts(context))
  for (const each of await openItems(context.db, context.book)) {
    const code = lateCode(context, each, day, covered)
    // Statements begin later: it may have come long ago.
    if (code === null || isBefore(each)) continue
    late.set(`${each.source} ${each.object}`, { code, due: each })
    await raise(context, item, {
      source: each.source,
      code,
      object: each.object,
      amount: each.amount - each.matched,
      currency: each.currency,
      detail: detailOf(context, each, code),
    })
  }
  for (const source of context.sourceIds.keys()) {
    for (const code of ['PAYOUT_OVERDUE', 'ITEM_OVERDUE'] as const) {
      for (const object of await openObjects(context.db, context.book, source, [code])) {
        if (late.get(`${source} ${object}`)?.code !== code) await settleCodes(context, item, source, object, [code])
      }
    }
  }
}

/** What the vendor pays is late by its own days, whether or not a statement was imported; the rest when a statement could have shown it. */
function lateCode(
  context: BatchContext,
  { kind, source, account, lastDate, date, currency }: OpenItem,
  day: IsoDate,
  covered: ReadonlyMap<string, IsoDate>,
): ExceptionCode | null {
  if (kind === 'payout') return isOverduePayout(context, { kind, source, date }, day) ? 'PAYOUT_OVERDUE' : null
  const where = (context.settings.money?.accounts ?? []).filter(({ name }) =>
    account === '' ? name !== source : name === account,
  )
  const seen = where.map(({ name }) => covered.get(`${name} ${currency}`))
  return seen.length > 0 && seen.every((until) => until !== undefined && until > lastDate) ? 'ITEM_OVERDUE' : null
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
  { id, source, amount, matched, currency, date, lastDate }: OpenItem,
  code: string,
): string {
  const open = `${formatMoney(amount - matched)} of ${formatMoney(amount)} ${currency} (item ${id})`
  if (code === 'ITEM_OVERDUE') return `no line has settled ${open}, though statements cover its days up to ${lastDate}`
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
