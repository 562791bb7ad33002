/**
 * One writer per book across processes. The lease is renewed in the same transaction as every batch, so a process that
 * lost it cannot commit. It runs on the machine's real clock: `--now` rehearses the books, not who is alive.
 */
import type { Kysely } from 'kysely'
import { endHolder, isClaimed, newHolder } from '../db/holder.ts'
import type { Tables } from '../db/tables.ts'
import { TransientError } from '../domain/errors.ts'
import { machine } from '../machine/machine.ts'

const LEASE_MS = 60_000

export interface Lease {
  readonly book: bigint
  readonly holder: string
  /** Throws when what the run remembers may be ahead of the database: see PostgresHandle.guard. */
  readonly guard?: () => void
}

/** Who loses a race looks again: then somebody alive is seen, or has finished already. More tries say nothing new. */
const ATTEMPTS = 3

/** Takes the book's lease, also from a process of this machine that has died. Throws TransientError when somebody alive holds it. */
export async function takeLease(db: Kysely<Tables>, book: bigint, bookName: string): Promise<Lease> {
  const lease = { book, holder: newHolder() }
  try {
    return await takeAs(db, lease, bookName)
  } catch (error) {
    // A claim whose answer was lost may have been kept.
    endHolder(lease.holder)
    throw error
  }
}

async function takeAs(db: Kysely<Tables>, lease: Lease, bookName: string): Promise<Lease> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const outcome = await db.transaction().execute(async (trx) => {
      const held = await heldLease(trx, lease.book)
      if (held !== undefined && isClaimed(held.holder, held.expiresAtMs, machine().nowMs())) return held
      return (await claim(trx, lease, held)) ? 'taken' : 'lost'
    })
    if (outcome === 'taken') return lease
    if (outcome !== 'lost') throw busy(bookName, outcome.holder)
  }
  throw busy(bookName, null)
}

interface HeldLease {
  readonly holder: string
  readonly expiresAtMs: number
}

async function heldLease(db: Kysely<Tables>, book: bigint): Promise<HeldLease | undefined> {
  const row = await db.selectFrom('lease').selectAll().where('book', '=', book).executeTakeFirst()
  return row === undefined ? undefined : { holder: row.holder, expiresAtMs: Number(row.expires_at_ms) }
}

/** Writes the lease only where it is still as it was seen, so that of several who saw the same just one gets it. */
async function claim(db: Kysely<Tables>, { book, holder }: Lease, seen: HeldLease | undefined): Promise<boolean> {
  const expires_at_ms = BigInt(machine().nowMs() + LEASE_MS)
  if (seen === undefined) {
    const inserting = db.insertInto('lease').values({ book, holder, expires_at_ms })
    const result = await inserting.onConflict((conflict) => conflict.column('book').doNothing()).executeTakeFirst()
    return result.numInsertedOrUpdatedRows === 1n
  }
  const result = await db
    .updateTable('lease')
    .set({ holder, expires_at_ms })
    .where('book', '=', book)
    .where('holder', '=', seen.holder)
    .where('expires_at_ms', '=', BigInt(seen.expiresAtMs))
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}

function busy(bookName: string, holder: string | null): TransientError {
  const [host, pid] = holder?.split('/') ?? []
  const who = pid === undefined ? 'several have started at once' : `process ${pid} on ${host}`
  return new TransientError(
    'BOOK_BUSY',
    `Another run is working on book "${bookName}" (${who}).`,
    'Wait until it has finished, or stop it; a run that died is taken over after a minute.',
  )
}

/** Renews the lease inside the caller's transaction; throws when another process has taken it, so nothing is committed. */
export async function renewLease(db: Kysely<Tables>, lease: Lease): Promise<void> {
  lease.guard?.()
  const result = await db
    .updateTable('lease')
    .set({ expires_at_ms: BigInt(machine().nowMs() + LEASE_MS) })
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
