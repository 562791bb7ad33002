/** The legs of the matches in force, each with the statement line or the expected item it is about. */
import { sql } from 'kysely'
import type { ProofScope } from './scope.ts'

/** `l` the leg, `g` its match; of a line leg `s` is the line, of an item leg `i` the item. */
export function legsInForce({ db, book }: Pick<ProofScope, 'db' | 'book'>) {
  return (
    db
      .selectFrom('match_leg as l')
      .innerJoin('match_group as g', (join) => join.onRef('g.book', '=', 'l.book').onRef('g.id', '=', 'l.match'))
      // The sides are written out, or SQLite could not tell which index answers them.
      .leftJoin('statement_line as s', (join) =>
        join.onRef('s.book', '=', 'l.book').onRef('s.id', '=', 'l.ref').on('l.side', '=', sql.lit('line')),
      )
      .leftJoin('open_item as i', (join) =>
        join.onRef('i.book', '=', 'l.book').onRef('i.id', '=', 'l.ref').on('l.side', '=', sql.lit('item')),
      )
      .where('l.book', '=', book)
      .where('g.status', '=', sql.lit('active'))
  )
}
