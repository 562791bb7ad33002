/** Names of money accounts and of sources with wallets, for commands that are given or print one. */
import { didYouMean } from '../config/suggest.ts'
import { InputError } from '../domain/errors.ts'
import type { OpenBook } from './open-book.ts'

/** By the id that statement rows carry. */
export async function accountNames({ kysely, book }: OpenBook): Promise<ReadonlyMap<bigint, string>> {
  const rows = await kysely.selectFrom('source').select(['id', 'name']).where('book', '=', book.id).execute()
  return new Map(rows.map(({ id, name }) => [id, name]))
}

/** Throws InputError when the book has never had such an account. */
export async function accountId(open: OpenBook, name: string): Promise<bigint> {
  const names = [...(await accountNames(open))]
  const found = names.find(([, each]) => each === name)
  if (found !== undefined) return found[0]
  const known = names.map(([, each]) => each)
  const hint =
    known.length === 0
      ? 'Import one of its statements first.'
      : `There are ${known.join(', ')}.${didYouMean(name, known)}`
  throw new InputError('ACCOUNT_UNKNOWN', `Book "${open.book.name}" has no account "${name}".`, hint)
}
