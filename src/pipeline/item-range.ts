/** Between which amounts the books let an open item be: by what is posted of it, or by the line that left its account. */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { abs, type Units } from '../domain/money/money.ts'
import type { OpenItem } from '../evidence/open-items.ts'
import { activeLegs, matchesById } from '../evidence/read-matches.ts'
import type { Book } from '../ledger/books.ts'

const RETURN = ':return'

export interface ItemReader {
  readonly db: Kysely<Tables>
  readonly book: Book
  readonly source: bigint
  /** How far the ledger has been turned into items. */
  readonly seen: bigint
}

interface Range {
  readonly least: Units
  readonly most: Units
}

/** Between which magnitudes the books let it be; null of what they do not tell, such as a settlement that only rows tell of. */
export async function rangeOf(reader: ItemReader, { kind, object }: OpenItem): Promise<Range | null> {
  switch (kind) {
    case 'top-up':
    case 'wallet-refund':
      return spanOf(await cumulatives(reader, object, kind))
    case 'payout': {
      const paid = spanOf(await cumulatives(reader, object, kind))
      const returned = spanOf([0n, ...(await cumulatives(reader, object, 'payout-returned'))])
      // What of it is owed again before it arrived is expected no more.
      return { least: paid.least > returned.most ? paid.least - returned.most : 0n, most: paid.most }
    }
    case 'payout-return': {
      const told = await cumulatives(reader, object.slice(0, -RETURN.length), 'payout-returned')
      return { least: 0n, most: spanOf(told).most }
    }
    case 'transfer':
    case 'settlement':
      return leftBy(reader, object)
  }
}

function spanOf(amounts: readonly Units[]): Range {
  const [first = 0n, ...rest] = amounts
  return rest.reduce(
    ({ least, most }, each) => ({ least: each < least ? each : least, most: each > most ? each : most }),
    { least: first, most: first },
  )
}

/** As the items may know it: what was posted when they were last brought up to the ledger, and everything since. */
async function cumulatives(
  { db, book, source, seen }: ItemReader,
  object: string,
  kind: string,
): Promise<readonly Units[]> {
  const rows = await db
    .selectFrom('txn')
    .select(['seq', 'cumulative'])
    .where('book', '=', book.id)
    .where('source', '=', source)
    .where('object', '=', object)
    .where('kind', '=', kind)
    .orderBy('version')
    .execute()
  const known = rows.findLastIndex(({ seq }) => seq <= seen)
  return rows.slice(known === -1 ? 0 : known).map(({ cumulative }) => cumulative)
}

/** What a line took out of its account, as long as it counts as leaving. */
async function leftBy({ db, book }: ItemReader, object: string): Promise<Range | null> {
  const id = /^line:(\d{1,18})$/.exec(object)?.[1]
  if (id === undefined) return null
  const line = await db
    .selectFrom('statement_line')
    .select(['fee', 'tax'])
    .where('book', '=', book.id)
    .where('id', '=', BigInt(id))
    .executeTakeFirst()
  const legs = await activeLegs(db, book.id, 'line', [BigInt(id)])
  const matches = await matchesById(
    db,
    book.id,
    legs.map(({ match }) => match),
  )
  const leaving = new Set(
    matches.filter(({ how }) => how.kind === 'alone' && how.meaning === 'transfer-out').map((match) => match.id),
  )
  const stays = (line?.fee ?? 0n) + (line?.tax ?? 0n)
  return spanOf(legs.filter(({ match }) => leaving.has(match)).map(({ amount }) => abs(amount + stays)))
}
