/** What belongs to a row of the outbox, said once: which book, target, journal and part a joined row must share with it. */
import { expressionBuilder, type Expression, type SqlBool } from 'kysely'
import type { Tables } from '../../db/tables.ts'

interface Joined {
  row: Tables['outbox']
  line: Tables['outbox_attempt']
  payload: Tables['outbox_payload']
}

/**
 * The condition of a join to a query "from outbox as row": 'line' is a line of the row's history (outbox_attempt), 'payload'
 * a version of what is sent (outbox_payload). All of them, unless the join asks for one.
 */
export function ofRow(joined: 'line' | 'payload'): Expression<SqlBool> {
  const of = expressionBuilder<Joined, 'row' | 'line' | 'payload'>()
  return of.and([
    of(`${joined}.book`, '=', of.ref('row.book')),
    of(`${joined}.target`, '=', of.ref('row.target')),
    of(`${joined}.journal`, '=', of.ref('row.journal')),
    of(`${joined}.part`, '=', of.ref('row.part')),
  ])
}
