/**
 * Items that stood above what the ledger says, because lines had settled more of them: once the match is undone, or
 * another night has come, they are taken up again as the ledger has them.
 */
import type { Landed } from '../../log/landing.ts'
import { findItems, type OpenItem } from '../../evidence/open-items.ts'
import { activeLegs, matchesById } from '../../evidence/read-matches.ts'
import { openObjects } from '../../reconcile/exceptions.ts'
import { sourceOf, type BatchContext, type ContextSource } from './context.ts'
import { overMatchedItem } from './expect-item.ts'
import { expectLeft } from './expect-moved.ts'
import { expectReturned } from './expect-returned.ts'
import { moneyAccounts } from './match-pool.ts'
import { expectPosted } from './open-items.ts'
import type { Posted } from './posted-item.ts'
import { lineOfLeaving } from './settlement-object.ts'

const RETURN = ':return'

/** Those of which lines have settled more than there was. */
export async function expectDiffering(context: BatchContext, item: Landed): Promise<void> {
  const { db, book, settings } = context
  for (const { name } of [...settings.sources, ...moneyAccounts(context)]) {
    const open = await openObjects(db, book, name, ['LINE_UNMATCHED'])
    const objects = [...open].flatMap((object) => overMatchedItem(object) ?? []).sort()
    if (objects.length > 0) await expectAgain(context, item, await findItems(db, book, name, objects))
  }
}

/** Leaves alone what the ledger does not put below its item. */
export async function expectAgain(
  context: BatchContext,
  item: Landed,
  items: readonly Pick<OpenItem, 'kind' | 'source' | 'object' | 'amount'>[],
): Promise<void> {
  for (const { kind, source: name, object, amount } of items) {
    if (kind === 'transfer' || kind === 'settlement') {
      await expectLeftAgain(context, item, { source: name, object, amount })
      continue
    }
    const source = sourceOf(context, name)
    if (source === null) continue
    const isReturn = kind === 'payout-return'
    const booked = isReturn ? object.slice(0, -RETURN.length) : object
    const posted = await lastPosted(context, source, booked, isReturn ? 'payout-returned' : kind)
    if (posted === null || posted.amount >= (amount < 0n ? -amount : amount)) continue
    if (kind === 'payout-return') await expectReturned(context, item, source, posted)
    else await expectPosted(context, item, [{ source, kind, posted }])
  }
}

/** What left an account, by the line that took it: as much as it took, or nothing once that is no transfer any more. */
async function expectLeftAgain(
  context: BatchContext,
  item: Landed,
  { source, object, amount }: Pick<OpenItem, 'source' | 'object' | 'amount'>,
): Promise<void> {
  const { db, book } = context
  const line = await lineOfLeaving(context, source, object)
  if (line === undefined) return
  const legs = await activeLegs(db, book, 'line', [line.id])
  const matches = await matchesById(
    db,
    book,
    legs.map(({ match }) => match),
  )
  const leaving = matches.find(({ how }) => how.kind === 'alone' && how.meaning === 'transfer-out')
  const left = leaving?.legs.find(({ side, ref }) => side === 'line' && ref === line.id)?.amount ?? 0n
  if (left !== 0n || amount !== 0n) await expectLeft(context, item, line, left)
}

async function lastPosted(
  { db, book }: BatchContext,
  { id }: ContextSource,
  object: string,
  kind: string,
): Promise<Posted | null> {
  const row = await db
    .selectFrom('txn')
    .select(['cumulative', 'effective_date', 'evidence_batch', 'evidence_item'])
    .where('book', '=', book)
    .where('source', '=', id)
    .where('object', '=', object)
    .where('kind', '=', kind)
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (row === undefined) return null
  const evidence = { batch: Number(row.evidence_batch), item: Number(row.evidence_item) }
  return { object, amount: row.cumulative, date: row.effective_date, evidence }
}
