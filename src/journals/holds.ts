/**
 * What a person holds back: a day's draft from being approved, by anybody, or a sealed journal from being delivered. The
 * last word on each counts; what was said before stays written.
 */
import type { Kysely, Transaction } from 'kysely'
import { z } from 'zod'
import type { Tables } from '../db/tables.ts'
import type { IsoDate } from '../domain/transaction.ts'
import { carryOut, type Act } from '../log/acts.ts'
import type { Book } from '../ledger/books.ts'
import { lockHead } from './seal.ts'

/** The draft of a day, in all its currencies, or a sealed journal. */
export type HoldSubject = { readonly day: IsoDate } | { readonly journal: bigint }

export interface PersonsHold {
  readonly why: string
  readonly by: string
  readonly atMs: number
}

export interface Holds {
  readonly days: ReadonlyMap<IsoDate, PersonsHold>
  /** By journal id. */
  readonly journals: ReadonlyMap<bigint, PersonsHold>
}

/** What is held now. */
export async function readHolds(db: Kysely<Tables>, book: Book): Promise<Holds> {
  const rows = await db.selectFrom('journal_hold').selectAll().where('book', '=', book.id).orderBy('n').execute()
  const days = new Map<IsoDate, PersonsHold>()
  const journals = new Map<bigint, PersonsHold>()
  for (const { day, journal, action, why, by_person: by, at_ms: atMs } of rows) {
    const hold = { why, by, atMs: Number(atMs) }
    if (day !== null && action === 'hold') days.set(day, hold)
    if (day !== null && action === 'release') days.delete(day)
    if (journal !== null && action === 'hold') journals.set(journal, hold)
    if (journal !== null && action === 'release') journals.delete(journal)
  }
  return { days, journals }
}

/** Sealed journals that must not be delivered now, by id, each with a sentence that says who holds it and why. */
export async function heldJournals(db: Kysely<Tables>, book: Book): Promise<ReadonlyMap<bigint, string>> {
  const { journals } = await readHolds(db, book)
  return new Map([...journals].map(([id, hold]) => [id, holdSentence(hold)]))
}

/** "Held by Ann since 2026-03-20: the client disputes it." */
export function holdSentence({ why, by, atMs }: PersonsHold): string {
  const end = /[.!?]$/.test(why) ? '' : '.'
  return `Held by ${by} since ${new Date(atMs).toISOString().slice(0, 10)}: ${why}${end}`
}

export interface HoldWord extends PersonsHold {
  readonly action: 'hold' | 'release'
}

const holdSchema = z.object({
  n: z.string(),
  day: z.string().nullable(),
  journal: z.string().nullable(),
  action: z.enum(['hold', 'release']),
  why: z.string(),
  by: z.string(),
})

type HoldSaid = z.infer<typeof holdSchema>

/** Inside the caller's transaction. False when it changes nothing: held already for the same reason, or not held. */
export async function sayHold(
  trx: Transaction<Tables>,
  book: Book,
  subject: HoldSubject,
  { action, why, by, atMs }: HoldWord,
): Promise<boolean> {
  await lockHead(trx, book)
  const { days, journals } = await readHolds(trx, book)
  const before = 'day' in subject ? days.get(subject.day) : journals.get(subject.journal)
  if (action === 'release' ? before === undefined : before?.why === why && before.by === by) return false
  const last = await trx
    .selectFrom('journal_hold')
    .select((eb) => eb.fn.max('n').as('max'))
    .where('book', '=', book.id)
    .executeTakeFirst()
  const n = String((last?.max ?? 0n) + 1n)
  const about = 'day' in subject ? { day: subject.day, journal: null } : { day: null, journal: String(subject.journal) }
  await carryOut(trx, book.id, holdAct, { n, ...about, action, why, by }, atMs)
  return true
}

export const holdAct: Act<HoldSaid> = {
  kind: 'journal-hold',
  schema: holdSchema,
  apply: async (trx, book, { n, day, journal, action, why, by }, atMs) => {
    await trx
      .insertInto('journal_hold')
      .values({
        book,
        n: BigInt(n),
        day,
        journal: journal === null ? null : BigInt(journal),
        action,
        why,
        by_person: by,
        at_ms: BigInt(atMs),
      })
      .execute()
  },
}
