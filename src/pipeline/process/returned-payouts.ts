/**
 * Payouts that come back by a statement line: money leaves again that a settled payout had brought. Found by the line it
 * names, or as the only payout of its network and amount; anything less certain waits for a person.
 */
import { classifyLine } from '../../domain/matching/descriptor.ts'
import { refusalKey } from '../../domain/matching/match.ts'
import { addDays } from '../../domain/time/dates.ts'
import type { TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../log/landing.ts'
import { readRefusals } from '../../evidence/match-decisions.ts'
import { saveReturned } from '../../payelancer/store/payouts.ts'
import { activeLegs, matchesById } from '../../evidence/read-matches.ts'
import { findItem, toItem, type OpenItem } from '../../evidence/open-items.ts'
import { readLines, type StoredLine } from '../../evidence/statements/lines.ts'
import { positions } from '../../ledger/positions.ts'
import { evidenceOf, sourceOf, type BatchContext, type ContextSource } from './context.ts'
import { bring } from '../engine/want.ts'
import { moneyAccounts, type MoneyAccount } from './match-pool.ts'
import { expectReturned } from './expect-returned.ts'
import { RETURN_OF_LINE } from './withdraw-return.ts'

/** A payment that comes back does so within weeks. */
const WITHIN_DAYS = 60

export async function payoutsReturned(context: BatchContext, item: Landed): Promise<readonly TransactionDraft[]> {
  const drafts: TransactionDraft[] = []
  if (!(await isAnyPaid(context))) return drafts
  const refused = await readRefusals(context.db, context.book)
  for (const account of moneyAccounts(context)) {
    const lines = await readLines(context.db, context.book, { accounts: [account.id], open: true })
    for (const line of lines.filter(({ amount, matched }) => amount < 0n && matched === 0n)) {
      const payout = await payoutOf(context, { account, line, refused })
      const draft = payout === null ? null : await returnOf(context, item, payout, line)
      if (draft !== null) drafts.push(draft)
    }
  }
  return drafts
}

async function isAnyPaid({ db, book }: BatchContext): Promise<boolean> {
  const row = await db
    .selectFrom('open_item')
    .select('id')
    .where('book', '=', book)
    .where('kind', '=', 'payout')
    .where('status', '=', 'settled')
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

interface Looking {
  readonly account: MoneyAccount
  readonly line: StoredLine
  /** Pairs of line and item that people have separated. */
  readonly refused: ReadonlySet<string>
}

/** The settled payout that the line takes back, all of it or what had arrived of it; null when nothing tells, or several could be it. */
async function payoutOf(context: BatchContext, { account, line, refused }: Looking): Promise<OpenItem | null> {
  const named = await settledBy(context, account, line)
  const candidates = named.length > 0 ? named : await settledLike(context, account, line)
  const fitting: OpenItem[] = []
  for (const each of candidates) {
    if (each.kind !== 'payout' || each.status !== 'settled') continue
    if (each.amount !== -line.amount && (await arrivedOf(context, account, each)) !== -line.amount) continue
    const before = await findItem(context.db, context.book, each.source, `${each.object}:return`)
    const isFree =
      before === null || (before.status === 'withdrawn' && !refused.has(refusalKey(String(line.id), String(before.id))))
    if (isFree) fitting.push(each)
  }
  const [only, ...others] = fitting
  return only !== undefined && others.length === 0 ? only : null
}

/** What one line of the account brought of a payout that it settled alone, so that a fee was taken; null of any other. */
async function arrivedOf({ db, book }: BatchContext, account: MoneyAccount, { id }: OpenItem): Promise<bigint | null> {
  const [match, ...others] = await matchesById(
    db,
    book,
    (await activeLegs(db, book, 'item', [id])).map((leg) => leg.match),
  )
  if (match === undefined || others.length > 0 || match.legs.length !== 2) return null
  const leg = match.legs.find(({ side }) => side === 'line')
  if (leg === undefined) return null
  const line = await db
    .selectFrom('statement_line')
    .select(['account', 'amount', 'currency'])
    .where('book', '=', book)
    .where('id', '=', leg.ref)
    .executeTakeFirst()
  return line?.account === account.id && line.amount === leg.amount ? leg.amount : null
}

/** Payouts settled by a line that this one refers to: PayPal's reference transaction. */
async function settledBy(
  { db, book }: BatchContext,
  account: MoneyAccount,
  { references }: StoredLine,
): Promise<readonly OpenItem[]> {
  if (references.length === 0) return []
  const rows = await db
    .selectFrom('statement_line as line')
    .innerJoin('match_leg as paid', (join) =>
      join.onRef('paid.book', '=', 'line.book').onRef('paid.ref', '=', 'line.id').on('paid.side', '=', 'line'),
    )
    .innerJoin('match_group as found', (join) =>
      join.onRef('found.book', '=', 'paid.book').onRef('found.id', '=', 'paid.match').on('found.status', '=', 'active'),
    )
    .innerJoin('match_leg as leg', (join) =>
      join.onRef('leg.book', '=', 'paid.book').onRef('leg.match', '=', 'paid.match').on('leg.side', '=', 'item'),
    )
    .innerJoin('open_item as item', (join) => join.onRef('item.book', '=', 'leg.book').onRef('item.id', '=', 'leg.ref'))
    .selectAll('item')
    .where('line.book', '=', book)
    .where('line.account', '=', account.id)
    .where('line.external_id', 'in', [...references])
    .orderBy('item.id')
    .execute()
  return rows.map(toItem)
}

/** Settled payouts of the network that a rule says the line is about, of the last weeks. */
async function settledLike(
  { db, book }: BatchContext,
  account: MoneyAccount,
  line: StoredLine,
): Promise<readonly OpenItem[]> {
  const means = classifyLine(line, account)
  if (means.kind !== 'of' || !means.itemClass.startsWith('payout:')) return []
  const rows = await db
    .selectFrom('open_item')
    .selectAll()
    .where('book', '=', book)
    .where('source', '=', means.itemClass.slice('payout:'.length))
    .where('kind', '=', 'payout')
    .where('currency', '=', line.currency)
    .where('amount', '>=', -line.amount)
    .where('status', '=', 'settled')
    .where('date', '>=', addDays(line.date, -WITHIN_DAYS))
    .where('date', '<=', line.date)
    .orderBy('id')
    .execute()
  return rows.map(toItem)
}

async function returnOf(
  context: BatchContext,
  item: Landed,
  payout: OpenItem,
  { date, amount }: Pick<StoredLine, 'date' | 'amount'>,
): Promise<TransactionDraft | null> {
  const source = sourceOf(context, payout.source)
  if (source === null) return null
  const total = -amount + (await returnedBefore(context, source, payout.object))
  const { object } = payout
  const evidence = evidenceOf(item)
  const wanted = {
    object,
    kind: 'payout-returned',
    total,
    date,
    rule: RETURN_OF_LINE,
    memo: 'by a line of a statement',
    evidence,
  } as const
  const [draft] = await bring(context, source, [wanted])
  if (draft === undefined) return null
  await expectReturned(context, item, source, { object, amount: total, date, evidence })
  await saveReturned(context.db, { book: context.book, source: source.id }, { payout: object, total, date, evidence })
  return draft
}

async function returnedBefore(context: BatchContext, source: ContextSource, object: string): Promise<bigint> {
  const held = await positions(context.db, context.book, source.id, [object])
  return held.get(object)?.get('payout-returned')?.cumulative ?? 0n
}
