/**
 * What a person has said of entries that look like copies of ours. Two bookings of one day may well say the same: then
 * nobody is told of it again, until somebody says it is a copy after all. What was said before stays written.
 */
import { sql, type Kysely, type Transaction } from 'kysely'
import { readInChunks } from '../../db/chunks.ts'
import { dialectOf } from '../../db/dialect.ts'
import type { Tables } from '../../db/tables.ts'
import { landDelivery } from './delivery-records.ts'
import type { Outbox } from './row.ts'

export interface CopyWord {
  /** Ours. */
  readonly document: string
  /** The target's id of the entry that looks like a copy of it. */
  readonly remoteId: string
  readonly action: 'dismiss' | 'suspect'
  readonly why: string
  readonly by: string
  readonly atMs: number
}

/** Ids that are no copies, by our document. */
export type Dismissed = ReadonlyMap<string, ReadonlySet<string>>

/** The last word on each counts. */
export async function dismissedCopies(
  db: Kysely<Tables>,
  { book, target }: Outbox,
  documents: readonly string[],
): Promise<Dismissed> {
  const words = await readInChunks(documents, (some) =>
    db
      .selectFrom('outbox_copy_word')
      .select(['document', 'remote_id', 'action'])
      .where('book', '=', book)
      .where('target', '=', target)
      .where('document', 'in', some)
      .orderBy('n')
      .execute(),
  )
  const dismissed = new Map<string, Set<string>>()
  for (const { document, remote_id: remoteId, action } of words) {
    const ids = dismissed.get(document) ?? new Set<string>()
    if (action === 'dismiss') ids.add(remoteId)
    else ids.delete(remoteId)
    dismissed.set(document, ids)
  }
  return dismissed
}

/** False when that was the last word already. */
export async function sayCopyWord(trx: Transaction<Tables>, outbox: Outbox, word: CopyWord): Promise<boolean> {
  const { book, target } = outbox
  const { document, remoteId, action, why, by, atMs } = word
  if (dialectOf(trx) === 'postgres') await sql`select seq from head where book = ${book} for update`.execute(trx)
  const dismissed = await dismissedCopies(trx, outbox, [document])
  const isDismissed = dismissed.get(document)?.has(remoteId) === true
  if (isDismissed === (action === 'dismiss')) return false
  const last = await trx
    .selectFrom('outbox_copy_word')
    .select((eb) => eb.fn.max('n').as('max'))
    .where('book', '=', book)
    .executeTakeFirst()
  const n = (last?.max ?? 0n) + 1n
  const row = { book, n, target, document, remote_id: remoteId, action, why, by_person: by, at_ms: BigInt(atMs) }
  await trx.insertInto('outbox_copy_word').values(row).execute()
  await landDelivery(trx, book, { what: 'copy-word', target, document, remoteId, action, why, by }, atMs)
  return true
}
