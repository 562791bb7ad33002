/**
 * What people have said of entries that a target holds: that one only looks like a copy of ours, that one of ours may stay as
 * somebody changed it there, or whose the entries of a book are that this database does not know. The last word on each
 * counts, and what was said before stays written.
 */
import { hash } from 'node:crypto'
import { sql, type Kysely, type Transaction } from 'kysely'
import { z } from 'zod'
import { readInChunks } from '../../db/chunks.ts'
import { dialectOf } from '../../db/dialect.ts'
import type { Tables } from '../../db/tables.ts'
import { carryOut, type Act } from '../../log/acts.ts'
import { contentKey, isThere } from '../compare-entries.ts'
import type { RemoteEntry } from '../entry.ts'
import type { Outbox } from './row.ts'

/** `dismiss`: no copy; `suspect`: one after all. `keep`: it may stay so; `correct`: not any more. The others: of a book. */
const ACTIONS = ['dismiss', 'suspect', 'keep', 'correct', 'another', 'take-over'] as const
type Action = (typeof ACTIONS)[number]

interface Said {
  readonly why: string
  readonly by: string
  readonly atMs: number
}

export interface CopyWord extends Said {
  /** Ours. */
  readonly document: string
  /** The target's id of the entry that looks like a copy of it. */
  readonly remoteId: string
  readonly action: 'dismiss' | 'suspect'
}

export interface KeepWord extends Said {
  readonly document: string
  /** The target's id of it. */
  readonly remoteId: string
  readonly action: 'keep' | 'correct'
  /** What is kept, as `contentThere` says it; '' with `correct`. */
  readonly content: string
}

export interface BookWord extends Said {
  readonly lastingId: string
  readonly action: 'another' | 'take-over'
}

/** Ids that are no copies, by our document. */
export type Dismissed = ReadonlyMap<string, ReadonlySet<string>>

export async function dismissedCopies(
  db: Kysely<Tables>,
  outbox: Outbox,
  documents: readonly string[],
): Promise<Dismissed> {
  const said = (await lastWords(db, outbox, documents)).filter(({ action }) => action === 'dismiss')
  const byDocument = Map.groupBy(said, ({ document }) => document)
  return new Map([...byDocument].map(([document, words]) => [document, new Set(words.map(({ id }) => id))]))
}

/** Of ours, by document: what a person lets stand there. */
export type Kept = ReadonlyMap<string, KeptEntry>

export interface KeptEntry extends Said {
  readonly content: string
}

export async function keptEntries(db: Kysely<Tables>, outbox: Outbox, documents: readonly string[]): Promise<Kept> {
  const said = (await lastWords(db, outbox, documents)).filter(({ action }) => action === 'keep')
  return new Map(
    said.map(({ document, content, why, by_person: by, at_ms: atMs }) => [
      document,
      { content, why, by, atMs: Number(atMs) },
    ]),
  )
}

/** Whether it is there as a person lets it stand. Changed once more, it is not. */
export function isKept(
  kept: Kept,
  { document }: { readonly document: string },
  mine: RemoteEntry | undefined,
): boolean {
  const word = kept.get(document)
  return word !== undefined && word.content === contentThere(mine)
}

/** What an entry says of the books, and its number and memo, as 16 hex digits; "gone" when it counts there no more. */
export function contentThere(remote: RemoteEntry | undefined): string {
  if (remote === undefined || !isThere(remote)) return 'gone'
  return hash('sha256', JSON.stringify([remote.document, remote.memo.trim(), contentKey(remote)]), 'hex').slice(0, 16)
}

/** What was said last of each lasting id. */
export async function bookWords(db: Kysely<Tables>, outbox: Outbox): Promise<ReadonlyMap<string, BookWord['action']>> {
  const words = await lastWords(db, outbox, [OF_BOOKS])
  return new Map(words.map(({ id, action }) => [id, action === 'take-over' ? action : 'another']))
}

/** The ids whose entries are this book's own, though a database that was lost made them. */
export async function takenOverIds(db: Kysely<Tables>, outbox: Outbox): Promise<ReadonlySet<string>> {
  const words = await bookWords(db, outbox)
  return new Set([...words].flatMap(([id, action]) => (action === 'take-over' ? [id] : [])))
}

/** The ids of the books of this database. */
export async function idsHere(db: Kysely<Tables>): Promise<ReadonlySet<string>> {
  const rows = await db.selectFrom('book_identity').select('lasting_id').execute()
  return new Set(rows.map(({ lasting_id: id }) => id))
}

/** Each of these: false when that was the last word already. */
export async function sayCopyWord(trx: Transaction<Tables>, outbox: Outbox, word: CopyWord): Promise<boolean> {
  const { remoteId: id, ...said } = word
  // Nobody has to say that what nobody took for none is a copy.
  return say(trx, outbox, { ...said, id, content: '' }, 'suspect')
}

export async function sayKeepWord(trx: Transaction<Tables>, outbox: Outbox, word: KeepWord): Promise<boolean> {
  const { remoteId: id, ...said } = word
  return say(trx, outbox, { ...said, id }, 'correct')
}

export async function sayBookWord(trx: Transaction<Tables>, outbox: Outbox, word: BookWord): Promise<boolean> {
  const { lastingId: id, ...said } = word
  return say(trx, outbox, { ...said, document: OF_BOOKS, id, content: '' }, null)
}

/** In the place of a document: the word is about a book. */
const OF_BOOKS = ''

interface Word extends Said {
  readonly document: string
  readonly id: string
  readonly action: Action
  readonly content: string
}

/** `unsaid`: what stands while nobody has said anything. */
async function say(trx: Transaction<Tables>, outbox: Outbox, word: Word, unsaid: Action | null): Promise<boolean> {
  const { book, target } = outbox
  if (dialectOf(trx) === 'postgres') await sql`select seq from head where book = ${book} for update`.execute(trx)
  const last = (await lastWords(trx, outbox, [word.document])).find(({ id }) => id === word.id)
  const isSaid =
    last === undefined ? word.action === unsaid : last.action === word.action && last.content === word.content
  if (isSaid) return false
  const newest = await trx
    .selectFrom('target_word')
    .select((eb) => eb.fn.max('n').as('max'))
    .where('book', '=', book)
    .executeTakeFirst()
  const { atMs, ...said } = word
  await carryOut(trx, book, targetWordAct, { n: String((newest?.max ?? 0n) + 1n), target, ...said }, atMs)
  return true
}

/** The last of each document and id. */
async function lastWords(db: Kysely<Tables>, { book, target }: Outbox, documents: readonly string[]) {
  const words = await readInChunks(documents, (some) =>
    db
      .selectFrom('target_word')
      .selectAll()
      .where('book', '=', book)
      .where('target', '=', target)
      .where('document', 'in', some)
      .orderBy('n')
      .execute(),
  )
  return [...new Map(words.map((word) => [JSON.stringify([word.document, word.id]), word])).values()]
}

const targetWordSchema = z.object({
  n: z.string(),
  target: z.string(),
  document: z.string(),
  id: z.string(),
  action: z.enum(ACTIONS),
  content: z.string(),
  why: z.string(),
  by: z.string(),
})

export const targetWordAct: Act<z.infer<typeof targetWordSchema>> = {
  kind: 'target-word',
  schema: targetWordSchema,
  apply: async (trx, book, { n, by, ...said }, atMs) => {
    await trx
      .insertInto('target_word')
      .values({ book, n: BigInt(n), ...said, by_person: by, at_ms: BigInt(atMs) })
      .execute()
  },
}
