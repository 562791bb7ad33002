/** Which record of the log is an act, and how it is carried out again. */
import type { Kysely, Transaction } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import { carryOutAgain, passOver } from '../../log/acts.ts'
import { connectionAct } from '../../connections/store.ts'
import { importAct } from '../../evidence/imported-files.ts'
import type { ActKind, Landed } from '../../log/landing.ts'
import { holdAct } from '../../journals/holds.ts'
import { preparationAct } from '../../journals/preparations.ts'
import { journalAct } from '../../journals/seal.ts'
import { isLasting, reasonOf } from './set-aside.ts'
import { handOutAct } from '../../targets/files/handed-out.ts'
import { companyAct } from '../../targets/mapping/company-store.ts'
import { mappingAct } from '../../targets/mapping/versions.ts'
import { deliveryAct } from '../../targets/outbox/delivery-records.ts'
import { targetWordAct } from '../../targets/outbox/words.ts'

type Again = (trx: Transaction<Tables>, book: bigint, item: Landed) => Promise<void>

const AGAIN: Readonly<Record<ActKind, Again>> = {
  journal: (trx, book, item) => carryOutAgain(trx, book, journalAct, item),
  'journal-hold': (trx, book, item) => carryOutAgain(trx, book, holdAct, item),
  'journal-preparation': (trx, book, item) => carryOutAgain(trx, book, preparationAct, item),
  mapping: (trx, book, item) => carryOutAgain(trx, book, mappingAct, item),
  'imported-file': (trx, book, item) => carryOutAgain(trx, book, importAct, item),
  'hand-out': (trx, book, item) => carryOutAgain(trx, book, handOutAct, item),
  company: (trx, book, item) => carryOutAgain(trx, book, companyAct, item),
  connection: (trx, book, item) => carryOutAgain(trx, book, connectionAct, item),
  delivery: (trx, book, item) => carryOutAgain(trx, book, deliveryAct, item),
  'target-word': (trx, book, item) => carryOutAgain(trx, book, targetWordAct, item),
}

function isAct(kind: string): kind is ActKind {
  return Object.hasOwn(AGAIN, kind)
}

/** True of a batch that needs no processing where it was landed. */
export function isActs(items: readonly Landed[]): boolean {
  return items.length > 0 && items.every(({ kind }) => isAct(kind))
}

/**
 * For a replay: in the database that an act was landed in it is carried out already. Returns a sentence when it does not fit
 * what the replay came to, such as an approval of postings that are not there; nothing of it is written then.
 */
export async function repeatActs(db: Kysely<Tables>, book: bigint, items: readonly Landed[]): Promise<string | null> {
  const batch = items[0]?.batch ?? 0
  const repeat = (again: boolean): Promise<void> =>
    db.transaction().execute(async (trx) => {
      if (again) for (const item of items) if (isAct(item.kind)) await AGAIN[item.kind](trx, book, item)
      await passOver(trx, book, batch)
    })
  try {
    await repeat(true)
    return null
  } catch (error) {
    if (!isLasting(error)) throw error
    await repeat(false)
    return `Landing batch ${batch} (${items[0]?.kind ?? ''}) does not fit what was made anew: ${reasonOf(error)}`
  }
}

/** Passes over the acts that follow what is processed: they were landed while a run was about the batch before them. */
export async function passOverActs(trx: Transaction<Tables>, book: bigint): Promise<void> {
  const row = await trx.selectFrom('processed').select('batch').where('book', '=', book).executeTakeFirst()
  for (let batch = Number(row?.batch ?? 0n) + 1; await isActAt(trx, book, batch); batch += 1)
    await passOver(trx, book, batch)
}

/** An act is a batch of its own. */
async function isActAt(trx: Transaction<Tables>, book: bigint, batch: number): Promise<boolean> {
  const row = await trx
    .selectFrom('log_record')
    .select('kind')
    .where('book', '=', book)
    .where('batch', '=', BigInt(batch))
    .where('item', '=', 1n)
    .executeTakeFirst()
  return row !== undefined && isAct(row.kind)
}
