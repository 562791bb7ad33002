/** Whatever the drafts: balances are the sums of the postings, the chain forgets how it was batched, the digest the order. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { TransactionDraft } from '../../src/domain/transaction.ts'
import { balances, trialBalance } from '../../src/ledger/balances.ts'
import type { Book } from '../../src/ledger/books.ts'
import { booksDigest, chainHead } from '../../src/ledger/digest.ts'
import { sortDrafts } from '../../src/ledger/drafts.ts'
import { verifyLedger } from '../../src/ledger/verify/verify.ts'
import type { Database } from '../../src/db/database.ts'
import { describeOnBothEngines } from '../support/both-engines.ts'
import { charge, newBook, post } from '../support/ledger.ts'

const RUNS = { numRuns: 15 }
const units = fc.bigInt({ min: 1n, max: 10n ** 15n })
const day = fc.integer({ min: 1, max: 28 }).map((number) => `2026-02-${String(number).padStart(2, '0')}`)
const currency = fc.constantFrom('USD', 'EUR', 'JPY')
const account = fc.constantFrom('1310:netpanel', '1310:grosspanel', '5100', '5100:ä', '1901')

/** One version of one object, with two to four postings. */
const single = fc
  .record({
    object: fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }).filter((text) => !text.includes('\0')),
    source: fc.constantFrom('netpanel', 'grosspanel'),
    parts: fc.array(units, { minLength: 1, maxLength: 3 }),
    accounts: fc.array(account, { minLength: 4, maxLength: 4 }),
    effectiveDate: day,
    currency,
  })
  .map(({ object, source, parts, accounts, effectiveDate, currency: unit }): TransactionDraft => {
    const amount = parts.reduce((sum, part) => sum + part, 0n)
    const debits = parts.map((part, index) => ({ account: accounts[index] ?? '5100', amount: part }))
    const postings = [...debits, { account: accounts[3] ?? '1901', amount: -amount }]
    return charge(`order:${object}`, amount, { source, effectiveDate, currency: unit, postings })
  })
const batch = fc.uniqueArray(single, {
  minLength: 1,
  maxLength: 60,
  selector: (draft) => `${draft.source} ${draft.object}`,
})

let made = 0
const nextBook = (database: Database): Promise<Book> => newBook(database, `book ${(made += 1)}`)

describeOnBothEngines('for all drafts', (fresh) => {
  it('balances are the sums of the postings, zero in total, and everything verifies', async () => {
    const database = await fresh()
    await fc.assert(
      fc.asyncProperty(batch, async (drafts) => {
        const book = await nextBook(database)
        await post(database, book, drafts)
        const sums = new Map<string, bigint>()
        for (const draft of drafts) {
          for (const posting of draft.postings) {
            const key = `${posting.account} ${draft.currency}`
            sums.set(key, (sums.get(key) ?? 0n) + posting.amount)
          }
        }
        const held = await balances(database.kysely, book)
        expect(new Map(held.map((row) => [`${row.account} ${row.currency}`, row.balance]))).toEqual(sums)
        expect((await trialBalance(database.kysely, book)).balanced).toBe(true)
        expect((await verifyLedger(database.kysely, book)).findings).toEqual([])
      }),
      RUNS,
    )
  })

  it('drafts in canonical order give one chain head however they are cut into batches', async () => {
    await fc.assert(
      fc.asyncProperty(batch, fc.array(fc.nat(60), { maxLength: 4 }), async (drafts, cuts) => {
        const sorted = sortDrafts(drafts)
        const edges = [...new Set([0, ...cuts.filter((cut) => cut < sorted.length), sorted.length])].sort(
          (a, b) => a - b,
        )
        // The chain covers the name of its book, so both are posted to a book of one name: in two databases.
        const [whole, cut] = [await fresh(), await fresh()]
        const [bookOfWhole, bookOfCut] = [await newBook(whole), await newBook(cut)]
        await post(whole, bookOfWhole, sorted)
        for (const [index, edge] of edges.entries())
          await post(cut, bookOfCut, sorted.slice(edges[index - 1] ?? 0, edge))
        expect(await chainHead(cut.kysely, bookOfCut)).toEqual(await chainHead(whole.kysely, bookOfWhole))
      }),
      { numRuns: 4 },
    )
  })

  it('the digest is the same in any order and any batches', async () => {
    const database = await fresh()
    const shuffled = batch.chain((drafts) =>
      fc.tuple(fc.constant(drafts), fc.shuffledSubarray([...drafts], { minLength: drafts.length }), fc.nat(60)),
    )
    await fc.assert(
      fc.asyncProperty(shuffled, async ([drafts, other, cut]) => {
        const [one, two] = [await nextBook(database), await nextBook(database)]
        await post(database, one, drafts)
        await post(database, two, other.slice(0, cut), 5_000)
        await post(database, two, other.slice(cut), 6_000)
        expect(await booksDigest(database.kysely, two)).toBe(await booksDigest(database.kysely, one))
      }),
      RUNS,
    )
  })
})
