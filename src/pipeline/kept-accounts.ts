/**
 * Money accounts whose statements are imported stay in the settings, under the code they post to. Without its account a
 * line could be neither matched nor undone, and under another code it would be undone against an account never posted to.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { ConfigError } from '../domain/errors.ts'
import type { MoneySettings } from './settings.ts'

/** Throws ConfigError when an account of `before` that has lines is missing from `after`, or has another code there. */
export async function requireKeptAccounts(
  db: Kysely<Tables>,
  book: bigint,
  before: MoneySettings | undefined,
  after: MoneySettings | null,
): Promise<void> {
  for (const { name, code } of before?.accounts ?? []) {
    const kept = after?.accounts.find((account) => account.name === name)
    if (kept?.code === code || !(await hasLines(db, book, name))) continue
    if (kept === undefined) {
      const message = `The account "${name}" has imported statement lines, and is no longer in accounts: of the book.`
      const hint = `Put it back with code '${code}'; an account that is closed stays listed.`
      throw new ConfigError('ACCOUNT_IN_USE', message, hint)
    }
    const message = `The account "${name}" has imported statement lines that post to ${code}; its code is now ${kept.code}.`
    const hint = `Set its code back to '${code}'. Other money under another code is another account, with a name of its own.`
    throw new ConfigError('ACCOUNT_IN_USE', message, hint)
  }
}

async function hasLines(db: Kysely<Tables>, book: bigint, name: string): Promise<boolean> {
  const row = await db
    .selectFrom('statement_line as line')
    .innerJoin('source', (join) => join.onRef('source.book', '=', 'line.book').onRef('source.id', '=', 'line.account'))
    .select('line.id')
    .where('line.book', '=', book)
    .where('source.name', '=', name)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}
