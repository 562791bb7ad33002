/** The proof of the conversion account: silent while every conversion has both its sides, loud once one is missing. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { loadMappings } from '../../src/config/mappings.ts'
import type { Database } from '../../src/db/database.ts'
import { formatMoney } from '../../src/domain/money/money.ts'
import { importStatements } from '../../src/pipeline/import-statement.ts'
import { proveConversion } from '../../src/pipeline/proofs/conversion.ts'
import { scopeOfBook } from '../../src/pipeline/proofs/scope.ts'
import { NOTHING_SAID } from '../../src/pipeline/statements/kept-profile.ts'
import { moneyBook, NOON_MS } from '../reconcile/money-book.ts'
import { describeOnBothEngines } from '../support/both-engines.ts'

const DAY_MS = 86_400_000
const RATES = '    rates: ./rates.csv\n    ratesMaxAgeDays: 3\n'
const HEADER =
  'Date,Time,TimeZone,Name,Type,Status,Currency,Gross,Fee,Net,Transaction ID,Reference Txn ID,Invoice Number,Balance'
const BILL = '03/14/2026,08:00:10,GMT,Panel GmbH,Payment,Completed,EUR,-276.00,0.00,-276.00,5EU1,,,-276.00'
const EURO_SIDE =
  '03/14/2026,08:00:10,GMT,,General Currency Conversion,Completed,EUR,276.00,0.00,276.00,6CV2,5EU1,,0.00'
const DOLLAR_SIDE =
  '03/14/2026,08:00:10,GMT,,General Currency Conversion,Completed,USD,-302.84,0.00,-302.84,6CV1,5EU1,,697.16'

async function convertingBook(database: Database) {
  const { rig, reconcile, exceptions, evidence } = await moneyBook(database, RATES)
  const rate = (text: string): void =>
    writeFileSync(join(rig.folder, 'rates.csv'), `date,from,to,rate\n2026-03-14,EUR,USD,${text}\n`)
  rate('1.08')
  await evidence('2026-03-01,pub,opening-balance,600.00,USD,,', '2026-03-01,paypal,opening-balance,1000.00,USD,,')
  let files = 0
  return {
    rig,
    reconcile,
    exceptions,
    rate,
    paypal: async (...rows: readonly string[]): Promise<void> => {
      const path = join(rig.folder, `paypal-${(files += 1)}.csv`)
      writeFileSync(path, [HEADER, ...rows, ''].join('\n'))
      const request = { config: rig.config, book: rig.book, env: rig.env }
      const file = { path, account: 'paypal', format: 'paypal-csv', said: NOTHING_SAID } as const
      await importStatements(rig.environment(NOON_MS + 6 * DAY_MS), request, [file])
    },
    /** "EUR 276.00 of 276.00, difference 0.00" */
    proof: async () => {
      const scope = await scopeOfBook(database.kysely, await rig.bookRow(), rig.book, loadMappings().rules)
      return (await proveConversion(scope)).map(
        ({ currency, ledger, open, difference }) =>
          `${currency} ${formatMoney(ledger)} of ${formatMoney(open)}, difference ${formatMoney(difference)}`,
      )
    },
  }
}

/** As a mistake of the program would leave it. */
async function forgetPosting({ kysely }: Database, kind: string): Promise<void> {
  await sql`update match_leg set posts = '{}' where posts like ${`%${kind}%`}`.execute(kysely)
}

describeOnBothEngines('the proof of the conversion account', (fresh) => {
  it('agrees with both sides there, stands when a rate changes, and finds a missing side', async () => {
    const database = await fresh()
    const book = await convertingBook(database)
    await book.paypal(BILL, DOLLAR_SIDE)
    expect(await book.proof()).toEqual([])

    await book.paypal(BILL, EURO_SIDE, DOLLAR_SIDE)
    const agrees = ['EUR -276.00 of -276.00, difference 0.00', 'USD 298.08 of 298.08, difference 0.00']
    expect(await book.proof()).toEqual(agrees)

    book.rate('1.09')
    await book.reconcile('2026-03-16')
    expect(await book.proof()).toEqual(agrees)
    expect(await book.exceptions()).not.toContain('STATEMENT_DIFFERS account:1065:EUR')

    await forgetPosting(database, 'conversion-in')
    await book.reconcile('2026-03-17')
    expect(await book.proof()).toEqual([
      'EUR -276.00 of 0.00, difference -276.00',
      // The same side held what the rates made of the difference.
      'USD 298.08 of 302.84, difference -4.76',
    ])
    expect(await book.exceptions()).toContain('STATEMENT_DIFFERS account:1065:EUR')
  })
})
