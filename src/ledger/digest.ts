/**
 * Two fingerprints. The chain head covers every field in order: a replay of the same landing reproduces it. The books
 * digest covers what the books say in the end, whatever the order, time and number of steps of learning it.
 */
import { createHash } from 'node:crypto'
import type { Kysely } from 'kysely'
import { readInChunks } from '../db/chunks.ts'
import type { Tables } from '../db/tables.ts'
import { sourceIds, type Book } from './books.ts'

export interface ChainHead {
  /** 0 for an empty book. */
  readonly sequence: number
  readonly recordedAtMs: number
  /** Lower-case hex. */
  readonly hash: string
}

export async function chainHead(db: Kysely<Tables>, book: Book): Promise<ChainHead> {
  const { seq, recorded_at_ms, hash } = await db
    .selectFrom('head')
    .selectAll()
    .where('book', '=', book.id)
    .executeTakeFirstOrThrow()
  return { sequence: Number(seq), recordedAtMs: Number(recorded_at_ms), hash: hash.toString('hex') }
}

const DIGEST_FORMAT = 'tieout books digest 1'
const PAGE = 2_000n

/**
 * SHA-256 over (source, object, kind, account, currency, sum of amounts), ordered by bytes. Sums of zero are left out: a
 * run that saw a charge come and go agrees with one that never saw it. Statement lines come after the other objects of a
 * source, by what they say: their numbers depend on the order of import.
 */
export async function booksDigest(db: Kysely<Tables>, book: Book): Promise<string> {
  const digest = createHash('sha256')
  const write = (text: string): void => {
    digest.update(`${Buffer.byteLength(text)}:`).update(text)
  }
  write(DIGEST_FORMAT)
  const sources = [...(await sourceIds(db, book))].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  for (const [name, id] of sources) {
    const numbered: (readonly string[])[] = []
    for await (const page of pages(db, book, id)) {
      const names = await contentNames(db, book, page)
      for (const { object, kind, key, currency, total } of page) {
        if (total === 0n) continue
        const named = names.get(object)
        if (named === undefined) for (const text of [name, object, kind, key, currency, String(total)]) write(text)
        else numbered.push([name, named, kind, key, currency, String(total)])
      }
    }
    for (const texts of numbered.sort(compareTexts)) for (const text of texts) write(text)
  }
  return digest.digest('hex')
}

/** "line:12" → what line 12 says, for those of the page. */
async function contentNames(
  db: Kysely<Tables>,
  book: Book,
  page: readonly { readonly object: string }[],
): Promise<ReadonlyMap<string, string>> {
  const ids = new Set(page.flatMap(({ object }) => /^line:(\d{1,18})$/.exec(object)?.[1] ?? []))
  const rows = await readInChunks([...ids].map(BigInt), (some) =>
    db
      .selectFrom('statement_line')
      .select(['id', 'currency', 'identity', 'occurrence'])
      .where('book', '=', book.id)
      .where('id', 'in', [...some])
      .execute(),
  )
  return new Map(
    rows.map(({ id, currency, identity, occurrence }) => [`line:${id}`, `line ${currency} ${identity} ${occurrence}`]),
  )
}

function compareTexts(a: readonly string[], b: readonly string[]): number {
  return Buffer.compare(Buffer.from(a.join('\u0000')), Buffer.from(b.join('\u0000')))
}

async function* pages(db: Kysely<Tables>, book: Book, source: bigint) {
  let after = ''
  let last = await pageEnd(db, book, source, after)
  while (last !== undefined) {
    yield await totals(db, book, source, { after, last })
    after = last
    last = await pageEnd(db, book, source, after)
  }
}

/** The object that ends the next page; undefined when there is none after `after`. */
async function pageEnd(db: Kysely<Tables>, book: Book, source: bigint, after: string): Promise<string | undefined> {
  const next = db
    .selectFrom('txn')
    .select('object')
    .where('book', '=', book.id)
    .where('source', '=', source)
    .where('object', '>', after)
    .orderBy('object')
    .limit(PAGE)
    .as('next')
  const row = await db
    .selectFrom(next)
    .select(({ fn }) => fn.max<string | null>('next.object').as('last'))
    .executeTakeFirst()
  return row?.last ?? undefined
}

async function totals(
  db: Kysely<Tables>,
  book: Book,
  source: bigint,
  { after, last }: { readonly after: string; readonly last: string },
) {
  return db
    .selectFrom('txn')
    .innerJoin('posting', (join) => join.onRef('posting.book', '=', 'txn.book').onRef('posting.seq', '=', 'txn.seq'))
    .innerJoin('account', (join) =>
      join.onRef('account.book', '=', 'posting.book').onRef('account.id', '=', 'posting.account'),
    )
    .select(['txn.object', 'txn.kind', 'account.key', 'txn.currency'])
    .select(({ fn }) => fn.sum<bigint>('posting.amount').as('total'))
    .where('txn.book', '=', book.id)
    .where('txn.source', '=', source)
    .where('txn.object', '>', after)
    .where('txn.object', '<=', last)
    .groupBy(['txn.object', 'txn.kind', 'account.key', 'txn.currency'])
    .orderBy('txn.object')
    .orderBy('txn.kind')
    .orderBy('account.key')
    .orderBy('txn.currency')
    .execute()
}
