/** Suspects out of the tables: orders nobody could ask about, lines and transactions that look like a second one, and what is close to the cut. */
import { sql } from 'kysely'
import type { IsoDate } from '../../domain/transaction.ts'
import type { ProofScope } from './scope.ts'
import type { ExplainedSubject } from './subject.ts'
import { showLines, type NamedSuspect } from './named-suspect.ts'

/** More of a kind than this are not looked for: the search could not use them. */
const ROWS = 400

/** Registered with a price that is not booked: the panel was not asked, or does not know them. */
export async function unknownOrders(
  { db, book, sources }: ProofScope,
  { source, currency }: ExplainedSubject,
): Promise<readonly NamedSuspect[]> {
  const panel = sources.find(({ name, kind }) => name === source && kind === 'panel')
  if (panel === undefined || panel.currency !== currency) return []
  const rows = await db
    .selectFrom('panel_order as o')
    .leftJoin('order_state as s', (join) =>
      join.onRef('s.book', '=', 'o.book').onRef('s.source', '=', 'o.source').onRef('s.order_id', '=', 'o.order_id'),
    )
    .select(['o.order_id', 'o.listed_charge'])
    .where('o.book', '=', book)
    .where('o.source', '=', panel.id)
    .where('o.listed_charge', '>', 0n)
    .where('s.status', 'is', null)
    .orderBy('o.order_id')
    .limit(ROWS)
    .execute()
  return rows.map(({ order_id, listed_charge }) => ({
    id: `order:${order_id}`,
    amount: -(listed_charge ?? 0n),
    kind: 'order not booked',
    about: `${source}:order:${order_id}`,
    what: `order ${order_id}, listed and not answered for`,
    show: `tieout trace ${source}:${order_id}`,
  }))
}

/** Lines of one day and amount: all but the first may be there twice. */
export async function repeatedLines(
  { db, book, accounts }: ProofScope,
  { source, currency }: ExplainedSubject,
): Promise<readonly NamedSuspect[]> {
  const account = accounts.find(({ name }) => name === source)
  if (account === undefined) return []
  const rows = await db
    .selectFrom('statement_line')
    .select(['id', 'date', 'amount'])
    .where('book', '=', book)
    .where('account', '=', account.id)
    .where('currency', '=', currency)
    .where('uncounted', 'is', null)
    .orderBy('date')
    .orderBy('amount')
    .orderBy('id')
    .execute()
  return rows
    .filter(({ date, amount }, index) => date === rows[index - 1]?.date && amount === rows[index - 1]?.amount)
    .slice(-ROWS)
    .map(({ id, date, amount }) => ({
      id: `duplicate line:${id}`,
      amount: -amount,
      kind: 'duplicate line',
      about: `${source}:line:${id}`,
      what: `line ${id}, a second one of ${date} with this amount`,
      show: showLines(source, date),
    }))
}

/** Kinds of which two alike are rarer than one entered twice. Orders cost the same by the thousand. */
const RARE_KINDS = ['top-up', 'bonus', 'wallet-refund', 'payout', 'payout-returned', 'clawback', 'opening-wallet']

export async function repeatedTransactions(
  scope: ProofScope,
  subject: ExplainedSubject,
): Promise<readonly NamedSuspect[]> {
  const source = scope.sources.find(({ name }) => name === subject.source)
  if (source === undefined) return []
  const rows = await movements(scope, subject)
    .where('t.source', '=', source.id)
    .where('t.kind', 'in', RARE_KINDS)
    .orderBy('t.effective_date')
    .orderBy('t.seq')
    .execute()
  const twice = rows.filter((row, index) =>
    rows
      .slice(Math.max(0, index - NEAR), index)
      .some(({ kind, amount, object }) => kind === row.kind && amount === row.amount && object !== row.object),
  )
  return twice.slice(-ROWS).map((row) => suspectOf(subject, row, 'duplicate'))
}

/** How many of a source's rare transactions are looked back over for one alike. */
const NEAR = 20

export async function transactionsAround(
  scope: ProofScope,
  subject: ExplainedSubject,
  { from, to }: { readonly from: IsoDate; readonly to: IsoDate },
): Promise<readonly NamedSuspect[]> {
  const rows = await movements(scope, subject)
    .where('t.effective_date', '>=', from)
    .where('t.effective_date', '<=', to)
    .orderBy('t.effective_date', 'desc')
    .orderBy('t.seq', 'desc')
    .limit(ROWS)
    .execute()
  return rows.map((row) => suspectOf(subject, row, row.kind === 'rounding' ? 'rounding' : 'timing'))
}

interface Movement {
  readonly seq: bigint
  readonly name: string
  readonly object: string
  readonly kind: string
  readonly date: IsoDate
  readonly amount: bigint
}

/** What books of the account have too much lowers the other side's lead; on a clearing account it is the difference. */
function suspectOf({ kind }: ExplainedSubject, row: Movement, why: string): NamedSuspect {
  const { seq, name, object, date, amount } = row
  return {
    id: `txn:${seq}`,
    amount: kind === 'clearing' ? amount : -amount,
    kind: why,
    about: `${name}:${object}`,
    what: `${row.kind} ${object} of ${name}, ${date}`,
    show: `tieout trace ${seq}`,
  }
}

function movements({ db, book }: ProofScope, { account, currency }: ExplainedSubject) {
  return db
    .selectFrom('txn as t')
    .innerJoin('source as s', (join) => join.onRef('s.book', '=', 't.book').onRef('s.id', '=', 't.source'))
    .innerJoin('posting as p', (join) => join.onRef('p.book', '=', 't.book').onRef('p.seq', '=', 't.seq'))
    .innerJoin('account as a', (join) => join.onRef('a.book', '=', 'p.book').onRef('a.id', '=', 'p.account'))
    .select(['t.seq', 's.name', 't.object', 't.kind', 't.effective_date as date'])
    .select(sql<bigint>`p.amount`.as('amount'))
    .where('t.book', '=', book)
    .where('t.currency', '=', currency)
    .where('a.key', '=', account)
}
