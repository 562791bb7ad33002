/** Exceptions that hold what the books do not say: those that are open, and those a person has looked at and ended. */
import type { Books } from '../oracles/books.ts'

export interface Told {
  readonly code: string
  readonly object: string
  readonly amount: bigint | null
  readonly detail: string
}

const TOLD = `
  select code, object, amount, detail from exception
  where source = ? and (status = 'open' or resolution is not null) order by number`

/** Of a source or an account. One that closed by itself tells nothing any more. */
export function toldOf(books: Books, source: string): readonly Told[] {
  return books.rows(TOLD, source) as unknown as readonly Told[]
}
