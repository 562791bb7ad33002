/**
 * Moves many rows of one outbox at once by the rule of move.ts: compare-and-set, and a line of history written first. For
 * moves that change nothing else of a row, such as claims: three statements and one commit, however many rows there are.
 */
import type { Kysely, Transaction } from 'kysely'
import { dialectOf } from '../../db/dialect.ts'
import type { Tables } from '../../db/tables.ts'
import { CLAIM_MS, historyLine, nextRow, type Move, type Mover } from './move.ts'
import type { EntryRow, Outbox, RowHead } from './row.ts'

export type PlainMove = Pick<Move, 'to' | 'message'>

/** Each row with its move. Gives those that were still as they were read, in the order given; others won the race for the rest. */
export async function moveMany<R extends EntryRow>(
  mover: Mover,
  outbox: Outbox,
  moves: readonly (readonly [R, PlainMove])[],
): Promise<readonly R[]> {
  if (moves.length === 0) return []
  return mover.kysely.transaction().execute(async (trx) => {
    const still = await stillThere(
      trx,
      outbox,
      moves.map(([row]) => row),
    )
    const due = moves.filter(([{ document }]) => still.has(document))
    if (due.length === 0) return []
    const untilMs = mover.wallMs() + CLAIM_MS
    const next = due.map(([row, move]) =>
      nextRow(row, move, {
        history: row.history + 1,
        revision: row.revision,
        record: row.record,
        holder: mover.holder,
        untilMs,
      }),
    )
    const lines = due.map(([row, move]) => historyLine(mover, row, move))
    await trx.insertInto('outbox_attempt').values(lines).execute()
    for (const [to, rows] of Map.groupBy(next, ({ state }) => state)) {
      const isClaim = to === 'sending'
      await trx
        .updateTable('outbox')
        .set((eb) => ({
          state: to,
          history: eb('history', '+', 1n),
          holder: isClaim ? mover.holder : null,
          holder_until_ms: isClaim ? BigInt(untilMs) : null,
        }))
        .where('book', '=', outbox.book)
        .where('target', '=', outbox.target)
        .where(
          'document',
          'in',
          rows.map(({ document }) => document),
        )
        .execute()
    }
    return next
  })
}

/** Documents that are as they were read. PostgreSQL holds them, in one order for everybody, so that two claims never wait for each other. */
async function stillThere(
  trx: Transaction<Tables>,
  { book, target }: Outbox,
  rows: readonly RowHead[],
): Promise<ReadonlySet<string>> {
  const query = trx
    .selectFrom('outbox')
    .select(['document', 'history', 'state'])
    .where('book', '=', book)
    .where('target', '=', target)
    .where(
      'document',
      'in',
      rows.map(({ document }) => document),
    )
    .orderBy('journal')
    .orderBy('part')
  const found = await (dialectOf(trx) === 'postgres' ? query.forUpdate() : query).execute()
  const now = new Map(found.map((row) => [row.document, row]))
  const isStill = ({ document, history, state }: RowHead): boolean => {
    const row = now.get(document)
    return row !== undefined && Number(row.history) === history && row.state === state
  }
  return new Set(rows.filter(isStill).map(({ document }) => document))
}

/** Rows that were compared with the target, equal or not. */
export async function noteChecked(
  kysely: Kysely<Tables>,
  { book, target }: Outbox,
  rows: readonly Pick<RowHead, 'document'>[],
  nowMs: number,
): Promise<void> {
  if (rows.length === 0) return
  await kysely
    .updateTable('outbox')
    .set({ checked_at_ms: BigInt(nowMs) })
    .where('book', '=', book)
    .where('target', '=', target)
    .where(
      'document',
      'in',
      rows.map(({ document }) => document),
    )
    .execute()
}
