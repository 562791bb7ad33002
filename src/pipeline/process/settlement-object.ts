/**
 * How the ledger and the open items call a settlement: by its own id, so that a list's line and a processor's rows mean
 * one thing, whichever comes first.
 */
import { findItem } from '../../evidence/open-items.ts'
import type { BatchContext } from './context.ts'
import { linesById, moneyAccounts, type PoolLine } from './match-pool.ts'

export const SETTLEMENT_PREFIX = 'settlement:'

export function settlementObject({ id, currency }: { readonly id: string; readonly currency: string }): string {
  return `${SETTLEMENT_PREFIX}${id}:${currency}`
}

/** What is expected of a line that leaves. A second line of one settlement stands for itself. */
export async function objectOfLeaving({ db, book }: BatchContext, { account, open }: PoolLine): Promise<string> {
  const own = `line:${open.id}`
  if (account.type !== 'razorpay' || open.type !== 'settlement' || open.group === null) return own
  const first = await db
    .selectFrom('statement_line')
    .select('id')
    .where('book', '=', book)
    .where('account', '=', account.id)
    .where('currency', '=', open.currency)
    .where('date', '=', open.date)
    .where('group_id', '=', open.group)
    .where('type', '=', 'settlement')
    .where('uncounted', 'is', null)
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
  if (String(first?.id) !== open.id) return own
  // Books from before rows could tell of a settlement know it by its line.
  if ((await findItem(db, book, account.name, own)) !== null) return own
  return settlementObject({ id: open.group, currency: open.currency })
}

/** The line that took what is expected out of an account; none while only rows tell of it. */
export async function lineOfLeaving(
  context: BatchContext,
  source: string,
  object: string,
): Promise<PoolLine | undefined> {
  const id = /^line:(\d{1,18})$/.exec(object)?.[1] ?? (await firstListed(context, source, object))
  const [line] = id === undefined ? [] : await linesById(context, [BigInt(id)])
  return line
}

async function firstListed(context: BatchContext, source: string, object: string): Promise<bigint | undefined> {
  const [, id, currency] = /^settlement:(.+):([^:]+)$/.exec(object) ?? []
  const account = moneyAccounts(context).find(({ name }) => name === source)
  if (account === undefined || id === undefined || currency === undefined) return undefined
  const row = await context.db
    .selectFrom('statement_line')
    .select('id')
    .where('book', '=', context.book)
    .where('account', '=', account.id)
    .where('currency', '=', currency)
    .where('group_id', '=', id)
    .where('type', '=', 'settlement')
    .where('uncounted', 'is', null)
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
  return row?.id
}
