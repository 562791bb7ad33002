/** What stands on one account of the ledger, through a day and in all: from the daily balances, whatever the number of postings. */
import { sql } from 'kysely'
import { findPostingRule, SOURCE_PLACEHOLDER } from '../../domain/posting-rules.ts'
import type { Units } from '../../domain/money/money.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import type { BatchContext, ContextSource } from './context.ts'

export interface Standing {
  /** Debit less credit, of the days from `from` (or the first) through `through`. */
  readonly until: Units
  /** Of all days. */
  readonly now: Units
}

const FIRST_DAY = '0001-01-01'

export async function standingOf(
  { db, book }: Pick<BatchContext, 'db' | 'book'>,
  account: string,
  currency: string,
  { from = FIRST_DAY, through }: { readonly from?: IsoDate; readonly through: IsoDate },
): Promise<Standing> {
  const moved = sql<bigint>`balance.debit - balance.credit`
  const isThen = sql<boolean>`balance.day >= ${from} and balance.day <= ${through}`
  const row = await db
    .selectFrom('balance')
    .innerJoin('account', (join) =>
      join.onRef('account.book', '=', 'balance.book').onRef('account.id', '=', 'balance.account'),
    )
    .select([
      sql<bigint>`cast(coalesce(sum(case when ${isThen} then ${moved} else 0 end), 0) as bigint)`.as('until'),
      sql<bigint>`cast(coalesce(sum(${moved}), 0) as bigint)`.as('now'),
    ])
    .where('balance.book', '=', book)
    .where('account.key', '=', account)
    .where('balance.currency', '=', currency)
    .executeTakeFirst()
  return { until: row?.until ?? 0n, now: row?.now ?? 0n }
}

/** The account a source's kind debits or credits by the rules in force; null without a rule. */
export function accountOf(
  { rules }: Pick<BatchContext, 'rules'>,
  source: Pick<ContextSource, 'kind' | 'name'>,
  kind: string,
  side: 'debit' | 'credit',
): string | null {
  const rule = findPostingRule(rules, { sourceKind: source.kind, kind })
  return rule === undefined ? null : rule[side].replaceAll(SOURCE_PLACEHOLDER, source.name)
}
