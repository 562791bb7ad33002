/**
 * Acts: what a person or a night decided about journals, targets and files. An act is a record of the log like any
 * evidence, but it is carried out as it is landed, in one transaction: approving waits for no run, and no run for it.
 * A replay carries it out again, at its place in the log. So an act says all that it writes, numbers included, and asks
 * nothing that evidence may change.
 */
import { sql, type Kysely } from 'kysely'
import type { z } from 'zod'
import { dialectOf } from '../db/dialect.ts'
import type { Tables } from '../db/tables.ts'
import { InvariantError } from '../domain/errors.ts'
import { landBatch, type ActKind, type Landed } from './landing.ts'

/** `said` holds only what JSON holds: whole numbers beyond 2^53 as texts. */
export interface Act<Said> {
  readonly kind: ActKind
  readonly schema: z.ZodType<Said>
  /** Writes its rows. */
  readonly apply: (trx: Kysely<Tables>, book: bigint, said: Said, atMs: number) => Promise<void>
}

/** Inside the caller's transaction: writes what the act says, and lands it. Returns its batch. */
export async function carryOut<Said>(
  trx: Kysely<Tables>,
  book: bigint,
  act: Act<Said>,
  said: Said,
  atMs: number,
): Promise<number> {
  await act.apply(trx, book, said, atMs)
  const [landed] = await landBatch(trx, book, [
    {
      kind: act.kind,
      source: '',
      request: {},
      fetchedAtMs: atMs,
      httpStatus: null,
      contentType: 'application/json',
      body: Buffer.from(JSON.stringify(said)),
    },
  ])
  if (landed === undefined) throw new Error('an act was landed, and no record of it came back')
  await passOver(trx, book, landed.batch)
  return landed.batch
}

/** As a replay does. Throws InvariantError for a body that is not what the act says. */
export async function carryOutAgain<Said>(
  trx: Kysely<Tables>,
  book: bigint,
  act: Act<Said>,
  { batch, item, body, fetchedAtMs }: Landed,
): Promise<void> {
  const said = act.schema.safeParse(JSON.parse(body.toString('utf8')))
  if (!said.success) {
    const message = `Landing batch ${batch}, item ${item} is no ${act.kind} that this version can read: ${said.error.message}`
    throw new InvariantError('ACT_UNREADABLE', message, 'Use the version of tieout that wrote it, or a newer one.')
  }
  await act.apply(trx, book, said.data, fetchedAtMs)
}

/** What is carried out needs no processing. False where evidence waits before it: the mark follows once that is processed. */
export async function passOver(trx: Kysely<Tables>, book: bigint, batch: number): Promise<boolean> {
  if (batch === 1) {
    await trx.insertInto('processed').values({ book, batch: 1n, settings_batch: 0n }).execute()
    return true
  }
  // A run that is processing the batch before it commits first; what is written then is seen.
  if (dialectOf(trx) === 'postgres') await sql`select batch from processed where book = ${book} for update`.execute(trx)
  const moved = await trx
    .updateTable('processed')
    .set({ batch: BigInt(batch) })
    .where('book', '=', book)
    .where('batch', '=', BigInt(batch - 1))
    .executeTakeFirst()
  return moved.numUpdatedRows === 1n
}
