/** The number of a source or an account in its book's dictionary. */
import { InvariantError } from '../domain/errors.ts'

export function idOf(ids: ReadonlyMap<string, bigint>, name: string, what: 'source' | 'account'): bigint {
  const id = ids.get(name)
  if (id !== undefined) return id
  throw new InvariantError(
    'LEDGER_NAME_UNKNOWN',
    `The book has no ${what} "${name}".`,
    'The settings of the book must name every source before it posts.',
  )
}
