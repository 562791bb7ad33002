/**
 * One writer per book across processes. The lease is renewed in the same transaction as every batch, so a process that
 * lost it cannot commit. It runs on the machine's real clock: `--now` rehearses the books, not who is alive.
 */
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { TransientError } from '../domain/errors.ts'

const LEASE_MS = 60_000

export interface Lease {
  readonly book: bigint
  readonly holder: string
}

/** Takes the book's lease, also from a process of this machine that has died. Throws TransientError when somebody alive holds it. */
export async function takeLease(db: Kysely<Tables>, book: bigint, bookName: string): Promise<Lease> {
  const holder = `${hostname()}/${process.pid}/${randomUUID()}`
  const held = await db.transaction().execute(async (trx) => {
    const row = await trx.selectFrom('lease').selectAll().where('book', '=', book).executeTakeFirst()
    const expires_at_ms = BigInt(Date.now() + LEASE_MS)
    if (row === undefined) {
      await trx.insertInto('lease').values({ book, holder, expires_at_ms }).execute()
      return null
    }
    if (Number(row.expires_at_ms) > Date.now() && isAlive(row.holder)) return row.holder
    await trx.updateTable('lease').set({ holder, expires_at_ms }).where('book', '=', book).execute()
    return null
  })
  if (held === null) return { book, holder }
  const [host, pid] = held.split('/')
  throw new TransientError(
    'BOOK_BUSY',
    `Another run is working on book "${bookName}" (process ${pid} on ${host}).`,
    'Wait until it has finished, or stop it; a run that died is taken over after a minute.',
  )
}

/** False only for a process of this very machine that no longer exists. */
function isAlive(holder: string): boolean {
  const [host, pid] = holder.split('/')
  if (host !== hostname()) return true
  try {
    process.kill(Number(pid), 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

/** Renews the lease inside the caller's transaction; throws when another process has taken it, so nothing is committed. */
export async function renewLease(db: Kysely<Tables>, lease: Lease): Promise<void> {
  const result = await db
    .updateTable('lease')
    .set({ expires_at_ms: BigInt(Date.now() + LEASE_MS) })
    .where('book', '=', lease.book)
    .where('holder', '=', lease.holder)
    .executeTakeFirst()
  if (result.numUpdatedRows !== 1n) {
    throw new TransientError(
      'LEASE_LOST',
      'Another process took over this book while this one was waiting; nothing of this batch was written.',
      'Run the command again; it goes on where the other left off.',
    )
  }
}

export async function releaseLease(db: Kysely<Tables>, lease: Lease): Promise<void> {
  await db.deleteFrom('lease').where('book', '=', lease.book).where('holder', '=', lease.holder).execute()
}
