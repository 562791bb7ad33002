/**
 * Matches in the database: made, confirmed, undone, and never deleted once they counted. What is matched of a line or an
 * item follows by triggers, so this file adds nothing up.
 */
import type { Kysely } from 'kysely'
import type { GroupStep } from '../db/match-tables.ts'
import type { Tables } from '../db/tables.ts'
import type { Side } from '../domain/matching/match.ts'
import { howText, postsText, type How, type Posts } from '../domain/matching/how.ts'
import type { Units } from '../domain/money/money.ts'
import type { Evidence } from '../domain/transaction.ts'

export interface Leg {
  readonly side: Side
  readonly ref: bigint
  readonly amount: Units
  /** Transaction kind → cumulative amount; null of items, and while something is missing. */
  readonly posts: Posts | null
}

export interface HumanWord {
  readonly by: string
  readonly why: string
  readonly atMs: number
}

export interface NewMatch {
  readonly status: 'proposed' | 'active'
  readonly step: GroupStep
  readonly confidence: number
  readonly residual: Units
  readonly feeRule: string | null
  readonly how: How
  readonly reason: string
  readonly legs: readonly Leg[]
  /** Null when a rule made it. */
  readonly human: HumanWord | null
}

export interface StoredMatch extends Omit<NewMatch, 'status'> {
  readonly id: bigint
  readonly status: 'proposed' | 'active' | 'undone'
  readonly place: Evidence
  readonly undone: (Partial<HumanWord> & { readonly place: Evidence }) | null
}

const ROWS_PER_INSERT = 500

/** The highest number a match was ever given: those of proposals that went are not given again. */
export async function lastMatch(db: Kysely<Tables>, book: bigint): Promise<bigint> {
  const held = await db
    .selectFrom('match_group')
    .select('id')
    .where('book', '=', book)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  const run = await db
    .selectFrom('match_run')
    .select('last_match')
    .where('book', '=', book)
    .orderBy('batch', 'desc')
    .orderBy('item', 'desc')
    .limit(1)
    .executeTakeFirst()
  const [ofHeld, ofRun] = [held?.id ?? 0n, run?.last_match ?? 0n]
  return ofHeld > ofRun ? ofHeld : ofRun
}

/** Numbers them from `first` on, in their order. */
export async function insertMatches(
  db: Kysely<Tables>,
  book: bigint,
  first: bigint,
  matches: readonly NewMatch[],
  place: Evidence,
): Promise<void> {
  const groups = matches.map((match, index) => ({
    book,
    id: first + BigInt(index),
    status: match.status,
    step: match.step,
    origin: match.human === null ? ('automatic' as const) : ('human' as const),
    confidence: BigInt(match.confidence),
    residual: match.residual,
    fee_rule: match.feeRule,
    how: howText(match.how),
    reason: match.reason,
    batch: BigInt(place.batch),
    item: BigInt(place.item),
    decided_by: match.human?.by ?? null,
    decided_why: match.human?.why ?? null,
    decided_at_ms: match.human === null ? null : BigInt(match.human.atMs),
  }))
  for (let at = 0; at < groups.length; at += ROWS_PER_INSERT) {
    await db
      .insertInto('match_group')
      .values(groups.slice(at, at + ROWS_PER_INSERT))
      .execute()
  }
  const legs = matches.flatMap((match, index) =>
    match.legs.map(({ side, ref, amount, posts }) => ({
      book,
      match: first + BigInt(index),
      side,
      ref,
      amount,
      posts: posts === null ? null : postsText(posts),
    })),
  )
  for (let at = 0; at < legs.length; at += ROWS_PER_INSERT) {
    await db
      .insertInto('match_leg')
      .values(legs.slice(at, at + ROWS_PER_INSERT))
      .execute()
  }
}

/** `human` is null when newer evidence undoes what a rule had matched. */
export async function undoMatches(
  db: Kysely<Tables>,
  book: bigint,
  ids: readonly bigint[],
  place: Evidence,
  word: { readonly by: string | null; readonly why: string; readonly atMs: number },
): Promise<void> {
  for (let at = 0; at < ids.length; at += ROWS_PER_INSERT) {
    await db
      .updateTable('match_group')
      .set({
        status: 'undone',
        undone_batch: BigInt(place.batch),
        undone_item: BigInt(place.item),
        undone_by: word.by,
        undone_why: word.why,
        undone_at_ms: BigInt(word.atMs),
      })
      .where('book', '=', book)
      .where('id', 'in', ids.slice(at, at + ROWS_PER_INSERT))
      .execute()
  }
}

/** A proposal a person agrees to; its legs count from now on. */
export async function confirmMatch(
  db: Kysely<Tables>,
  book: bigint,
  id: bigint,
  place: Evidence,
  { by, why, atMs }: HumanWord,
): Promise<void> {
  await db
    .updateTable('match_group')
    .set({
      status: 'active',
      origin: 'human',
      batch: BigInt(place.batch),
      item: BigInt(place.item),
      decided_by: by,
      decided_why: why,
      decided_at_ms: BigInt(atMs),
    })
    .where('book', '=', book)
    .where('id', '=', id)
    .where('status', '=', 'proposed')
    .execute()
}

/** Proposals come and go; nothing else is deleted. */
export async function dropProposals(db: Kysely<Tables>, book: bigint, ids: readonly bigint[]): Promise<void> {
  for (let at = 0; at < ids.length; at += ROWS_PER_INSERT) {
    const some = ids.slice(at, at + ROWS_PER_INSERT)
    await db.deleteFrom('match_leg').where('book', '=', book).where('match', 'in', some).execute()
    await db.deleteFrom('match_group').where('book', '=', book).where('id', 'in', some).execute()
  }
}

/** What a leg posts, known at last. */
export async function setPosts(
  db: Kysely<Tables>,
  book: bigint,
  match: bigint,
  { side, ref, posts }: { readonly side: Side; readonly ref: bigint; readonly posts: Posts },
): Promise<void> {
  await db
    .updateTable('match_leg')
    .set({ posts: postsText(posts) })
    .where('book', '=', book)
    .where('match', '=', match)
    .where('side', '=', side)
    .where('ref', '=', ref)
    .execute()
}
