/**
 * By which numbers the accounts of a book are known: as configured, else as the first file of the account names it. It is
 * kept nowhere else, so that what is forgotten with the files is forgotten whole.
 */
import type { Kysely } from 'kysely'
import type { BookConfig } from '../../config/model.ts'
import type { Tables } from '../../db/tables.ts'
import { compareAccounts } from '../../domain/statements/account-number.ts'
import type { AccountOfBook } from '../../domain/statements/assign-sections.ts'

/** In the order of the configuration. */
export async function accountsOfBook(
  db: Kysely<Tables>,
  book: bigint,
  { accounts }: Pick<BookConfig, 'accounts'>,
  ids: ReadonlyMap<string, bigint>,
): Promise<readonly AccountOfBook[]> {
  const remembered = await rememberedNumbers(db, book)
  return accounts.map(({ name, number, currency, type }) => {
    const first = remembered.get(ids.get(name) ?? -1n) ?? null
    // A configured number may be its last digits only; the first file writes it in full.
    const isSame = number !== null && first !== null && compareAccounts(number, first) === 'same'
    return {
      name,
      numbers: [number, number === null || isSame ? first : null].filter((each) => each !== null),
      currency,
      holdsAny: type === 'paypal',
    }
  })
}

/** Of accounts whose first file with a number names one account; a file that was imported whole with several tells nothing. */
async function rememberedNumbers(db: Kysely<Tables>, book: bigint): Promise<ReadonlyMap<bigint, string>> {
  const rows = await db
    .selectFrom('statement_section')
    .select(['account', 'batch', 'item', 'account_number'])
    .where('book', '=', book)
    .where('account_number', 'is not', null)
    .orderBy('batch')
    .orderBy('item')
    .execute()
  const first = new Map<bigint, { readonly file: string; readonly numbers: string[] }>()
  for (const { account, batch, item, account_number: number } of rows) {
    const file = `${batch}.${item}`
    const known = first.get(account)
    if (known === undefined) first.set(account, { file, numbers: [number ?? ''] })
    else if (known.file === file) known.numbers.push(number ?? '')
  }
  return new Map(
    [...first].flatMap(([account, { numbers }]) => {
      const [one = ''] = numbers
      const isOne = numbers.every((each) => each === one || compareAccounts(each, one) === 'same')
      return isOne && one.trim() !== '' ? [[account, one] as const] : []
    }),
  )
}
