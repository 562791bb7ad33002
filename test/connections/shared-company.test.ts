/** Books that deliver into one company: any two, unless the numbers of their journals could be the same. */
import { expect, it } from 'vitest'
import { saveConnection } from '../../src/connections/store.ts'
import { booksSharing } from '../../src/connections/shared-company.ts'
import type { Database } from '../../src/db/database.ts'
import type { Book } from '../../src/ledger/books.ts'
import { approve, newBook, post } from '../journals/support.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { newVault } from './support.ts'

const COMPANY = { id: '4620816365', name: 'Acme' }

async function connectedBook(database: Database, name: string, companyId: string): Promise<Book> {
  const book = await newBook(database, name)
  const grant = {
    accessToken: 'a',
    refreshToken: 'r',
    accessExpiresAtMs: 1,
    refreshExpiresAtMs: 2,
    hardExpiresAtMs: null,
    scopes: '',
  }
  const made = { type: 'quickbooks', companyId, companyName: 'Acme', currency: 'USD', vendorConnection: '' } as const
  const key = { book: book.id, target: 'books' }
  await saveConnection(database.kysely, newVault(), key, { ...made, by: 'ann', nowMs: 1, grant })
  return book
}

describeOnSqlite('a company', (fresh) => {
  it('takes several books by their own ids, and not two of one prefix', async () => {
    const database = await fresh()
    const north = await connectedBook(database, 'acmeads-north', COMPANY.id)
    await connectedBook(database, 'elsewhere', '99')
    const south = await newBook(database, 'acmeads-south')
    const sharing = (stated: Readonly<Record<string, string>>) =>
      booksSharing(database.kysely, {
        book: south.id,
        type: 'quickbooks',
        company: COMPANY,
        statedPrefixes: new Map(Object.entries(stated)),
      })
    expect(await sharing({})).toEqual(['acmeads-north'])
    expect(await sharing({ 'acmeads-south': 'SOUTH', elsewhere: 'SOUTH' })).toEqual(['acmeads-north'])
    await expect(sharing({ 'acmeads-south': 'ACME', 'acmeads-north': 'ACME' })).rejects.toMatchObject({
      code: 'DOCUMENT_PREFIX_TAKEN',
      message:
        'Book acmeads-north delivers into Acme (4620816365) too, and the document numbers of both books start with ACME. Nothing was connected.',
    })
    await post(database, north, [['panel', 'charge', 'netpanel', '1.25', '2026-11-01']])
    await approve(database, north, { documentPrefix: 'OLD' })
    await post(database, north, [['panel', 'charge', 'netpanel', '1.25', '2026-11-02']])
    await approve(database, north, { documentPrefix: 'NEW' })
    for (const taken of ['OLD', 'NEW'])
      await expect(sharing({ 'acmeads-south': taken })).rejects.toThrow(`start with ${taken}`)
    expect(await sharing({ 'acmeads-south': 'OL' })).toEqual(['acmeads-north'])
    const mine = { book: south.id, type: 'xero', company: COMPANY, statedPrefixes: new Map() } as const
    expect(await booksSharing(database.kysely, mine)).toEqual([])
  })
})
