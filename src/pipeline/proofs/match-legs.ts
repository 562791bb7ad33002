/** The legs of the matches in force, each with the statement line or the expected item it is about. */
import { sql, type RawBuilder } from 'kysely'
import { dialectOf } from '../../db/dialect.ts'
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

type FewIndex = 'match_leg_waiting' | 'match_leg_converting'

/**
 * The matches in force of which a leg is in a partial index of few rows; the condition is that index's own. SQLite has no
 * statistics of a book and would go through every leg there ever was, so it is told which index to take.
 */
export function fewMatches(
  { db, book }: Pick<ProofScope, 'db' | 'book'>,
  index: FewIndex,
  condition: RawBuilder<boolean>,
): RawBuilder<bigint> {
  const hint = dialectOf(db) === 'sqlite' ? sql`indexed by ${sql.ref(index)}` : sql``
  return sql<bigint>`(select l.match from match_leg as l ${hint}
    join match_group as g on g.book = l.book and g.id = l.match
    where l.book = ${book} and ${condition} and g.status = 'active')`
}
