/**
 * What the statements of a bank, PayPal or Razorpay account say it holds: the newest closing balance carried on by the
 * lines after it, and how much of what they show is not in the books. As far as was known at an earlier place, too.
 */
import { sql, type Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { Units } from '../domain/money/money.ts'
import type { IsoDate } from '../domain/transaction.ts'
import type { Known } from './roll-forward.ts'

export interface StatementFigure {
  readonly currency: string
  /** Null when no statement states a closing balance. */
  readonly amount: Units | null
  /** The day of that balance. */
  readonly day: IsoDate | null
  /** Sum of what is not booked of the lines that count: no match, one that waits for a rate, or set aside as not ours. */
  readonly unbooked: Units
}

/** One for each currency that the account's statements speak of, by currency. */
export async function statementFigures(
  db: Kysely<Tables>,
  book: bigint,
  account: bigint,
  known: Known,
): Promise<readonly StatementFigure[]> {
  const sections = await db
    .selectFrom('statement_section')
    .select(['currency', 'closing', 'closing_date', 'last_date'])
    .where('book', '=', book)
    .where('account', '=', account)
    .where('batch', '<=', BigInt(known.batch))
    .orderBy('batch')
    .orderBy('item')
    .orderBy('section')
    .execute()
  const newest = new Map<string, { readonly day: IsoDate; readonly closing: Units } | null>()
  for (const { currency, closing, closing_date, last_date } of sections) {
    const day = closing_date ?? last_date
    const held = newest.get(currency) ?? null
    const isNewer = closing !== null && day !== null && (held === null || day >= held.day)
    newest.set(currency, isNewer ? { day, closing } : held)
  }
  const figures: StatementFigure[] = []
  for (const currency of [...newest.keys()].toSorted()) {
    const at = newest.get(currency) ?? null
    const lines = await lineSums(db, book, { account, currency, after: at?.day ?? null, known })
    const amount = at === null ? null : at.closing + lines.later
    figures.push({ currency, amount, day: at?.day ?? null, unbooked: lines.counted - lines.booked })
  }
  return figures
}

interface LineQuery {
  readonly account: bigint
  readonly currency: string
  readonly after: IsoDate | null
  readonly known: Known
}

async function lineSums(
  db: Kysely<Tables>,
  book: bigint,
  { account, currency, after, known }: LineQuery,
): Promise<{ readonly counted: Units; readonly later: Units; readonly booked: Units }> {
  const batch = BigInt(known.batch)
  const counted = await db
    .selectFrom('statement_line')
    .select([
      sql<bigint>`cast(coalesce(sum(amount), 0) as bigint)`.as('counted'),
      sql<bigint>`cast(coalesce(sum(case when date > ${after ?? '9999-12-31'} then amount else 0 end), 0) as bigint)`.as(
        'later',
      ),
    ])
    .where('book', '=', book)
    .where('account', '=', account)
    .where('currency', '=', currency)
    .where('uncounted', 'is', null)
    .where('batch', '<=', batch)
    .executeTakeFirstOrThrow()
  const booked = await db
    .selectFrom('statement_line as line')
    .innerJoin('match_leg as leg', (join) => join.onRef('leg.book', '=', 'line.book').onRef('leg.ref', '=', 'line.id'))
    .innerJoin('match_group as match', (join) =>
      join.onRef('match.book', '=', 'leg.book').onRef('match.id', '=', 'leg.match'),
    )
    .select(sql<bigint>`cast(coalesce(sum(leg.amount), 0) as bigint)`.as('total'))
    .where('line.book', '=', book)
    .where('line.account', '=', account)
    .where('line.currency', '=', currency)
    .where('leg.side', '=', 'line')
    .where('match.status', '!=', 'proposed')
    .where('match.step', '!=', 'ignored')
    // A match that waits for a rate holds its lines, and nothing of them is in the books yet.
    .where('leg.posts', 'is not', null)
    .where('match.batch', '<=', batch)
    .where((where) => where.or([where('match.undone_batch', 'is', null), where('match.undone_batch', '>', batch)]))
    .executeTakeFirstOrThrow()
  return { ...counted, booked: booked.total }
}
