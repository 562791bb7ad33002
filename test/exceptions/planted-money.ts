/** Errors of money outside the vendors: payouts, top-ups and statements of accounts that are otherwise in order. */
import { sql } from 'kysely'
import type { Database } from '../../src/db/database.ts'
import { landBatch } from '../../src/log/landing.ts'
import { findBook } from '../../src/ledger/books.ts'
import { createProcessor, processBatch } from '../../src/pipeline/engine/process-batch.ts'
import { importBalanced } from '../proofs/proven-book.ts'
import { moneyBook, NOON_MS, type MoneyBook } from '../reconcile/money-book.ts'
import { dropTriggers } from '../support/unguarded.ts'
import type { Planted, PlantedWorld } from './planted.ts'

const RULES = 'rules: [{ contains: FEE, means: bank-charge }]'
const ACCOUNTS = `      - { name: cut, type: bank, currency: INR, code: '1003', ${RULES} }
      - { name: due, type: bank, currency: USD, code: '1006', rules: [{ contains: PAYELANCER, means: payout, source: pub }] }
      - { name: eur, type: bank, currency: EUR, code: '1002' }
      - { name: gap, type: bank, currency: INR, code: '1004', ${RULES} }
      - { name: torn, type: bank, currency: INR, code: '1005', ${RULES} }
`
const ADS = `      - { name: ads, type: payelancer, role: advertiser, baseUrl: 'http://127.0.0.1:9', apiKey: { env: KEY_PUB }, currency: USD, timeZone: UTC }
`
const STATED = [
  '2026-03-01,pub,opening-balance,2000.00,USD,,',
  '2026-03-01,gap,opening-balance,100.00,INR,,',
  '2026-03-01,torn,opening-balance,100.00,INR,,',
  '2026-03-11,pub,payout,40.00,USD,P20264001,',
  '2026-03-11,ads,top-up,24.99,USD,A20264002,',
  '2026-03-03,pub,payout,150.00,USD,P20264003,',
  '2026-03-04,pub,payout-returned,150.00,USD,P20264003,',
  '2026-03-04,pub,payout,60.00,USD,P20264004,',
  '2026-03-04,pub,payout,60.00,USD,P20264005,',
  '2026-02-10,pub,payout,300.00,USD,P20264006,',
  '2026-03-02,panel,top-up,100.00,USD,I20264007,',
  '2026-03-05,pub,payout,155.00,USD,P20264008,',
  '2026-03-05,pub,payout,61.00,USD,P20264009,',
  '2026-03-02,pub,payout,70.00,USD,P20264011,',
  '2026-03-09,pub,payout,71.00,USD,P20264012,',
  '2026-03-11,pub,payout,75.00,USD,P20264010,',
]

async function plant(database: Database): Promise<Planted> {
  const book = await moneyBook(database, ACCOUNTS, ADS)
  const { rig } = book
  await book.evidence(...STATED)
  await book.bank(
    'bank',
    '2026-02-08,MONTHLY FEE,-4.00',
    '2026-03-02,J DOE STANDING ORDER,-17.31',
    '2026-03-06,PAYELANCER,60.00',
    '2026-03-12,MONTHLY FEE,-4.00',
  )
  await book.bank('paypal', '2026-03-03,PAYELANCER P20264011,70.00', '2026-03-10,PAYELANCER P20264012,71.00')
  await book.bank('cut', '2026-03-01,FEE A,-1.00', '2026-03-02,FEE B,-5.00')
  await book.bank('cut', '2026-03-02,FEE B AGAIN,-5.00', '2026-03-03,FEE A,-1.00')
  await importBalanced(rig, NOON_MS, 'gap', '2026-03-02,FEE,-1.00,99.00')
  await importBalanced(rig, NOON_MS, 'gap', '2026-03-05,FEE,-1.00,90.00')
  await importBalanced(rig, NOON_MS, 'torn', '2026-03-02,FEE,-1.00,99.00', '2026-03-03,FEE,-2.00,90.00')
  await book.bank('eur', '2026-03-06,PAYELANCER P20264008,140.00')
  const { kysely } = database
  await matchByHand(book, 'P20264008')
  await book.bank('due', '2026-03-06,PAYELANCER,58.00')
  const setLost = (amount: bigint, status: 'withdrawn' | 'open') =>
    sql`update open_item set amount = ${amount}, status = ${status} where object = 'payout:P20264009'`.execute(kysely)
  // As a mistake of the program would leave it.
  await dropTriggers(kysely, 'open_item')
  await setLost(0n, 'withdrawn')
  await book.reconcile('2026-03-12')
  await breakProofs(database)
  return {
    database,
    rig: null,
    mend: async () => {
      await setLost(6_100_000_000n, 'open')
      await book.evidence('2026-03-11,pub,payout,50.00,USD,P20264001,', '2026-03-11,ads,top-up,25.00,USD,A20264002,')
      await book.bank(
        'bank',
        '2026-03-13,PAYELANCER P20264001,50.00',
        '2026-03-13,PAYELANCER A20264002,-25.00',
        '2026-03-13,PAYELANCER P20264006,300.00',
        '2026-03-13,NETPANEL I20264007,-100.00',
        '2026-03-13,PAYELANCER P20264010,75.00',
        '2026-03-13,PAYELANCER P20264009,61.00',
      )
      await book.bank('due', '2026-03-13,PAYELANCER P20264005,2.00')
      await book.bank('cut', '2026-03-01,FEE A,-1.00', '2026-03-02,FEE B,-5.00', '2026-03-03,FEE A,-1.00')
      await importBalanced(rig, NOON_MS, 'gap', '2026-03-04,FEE,-8.00,91.00')
      await importBalanced(rig, NOON_MS, 'torn', '2026-03-02,FEE,-1.00,99.00', '2026-03-03,FEE,-2.00,97.00')
      await book.reconcile('2026-03-13')
    },
  }
}

/** A person's match of a line and a payout by the reference they share. */
async function matchByHand({ rig, decide }: MoneyBook, reference: string): Promise<void> {
  const { kysely } = rig.database
  const like = `%${reference}`
  const line = await kysely
    .selectFrom('statement_line')
    .select('id')
    .where('description', 'like', like)
    .executeTakeFirstOrThrow()
  const item = await kysely.selectFrom('open_item').select('id').where('object', 'like', like).executeTakeFirstOrThrow()
  await decide({ decide: 'match', lines: [Number(line.id)], items: [Number(item.id)], residual: 'open' })
}

/** Proofs of a night that cannot be read. */
async function breakProofs(database: Database): Promise<void> {
  const { kysely } = database
  const book = await findBook(kysely, 'agency')
  const landing = { source: '', request: {}, httpStatus: null, contentType: 'application/json', body: Buffer.from('{') }
  const landed = await kysely
    .transaction()
    .execute((trx) => landBatch(trx, book.id, [{ kind: 'proofs', fetchedAtMs: NOON_MS, ...landing }]))
  await processBatch(createProcessor(database, book), landed)
}

export const MONEY_WORLDS: readonly PlantedWorld[] = [
  {
    name: 'accounts, payouts and top-ups',
    plant,
    found: [
      'FILE_UNREAD proofs unknown: proofs',
      'ads BELOW_MINIMUM top-up:A20264002 24.99 USD: evidence-file',
      'bank LINE_UNMATCHED line:2 -17.31 USD: statement',
      'cut STATEMENT_DIFFERS overlap:INR:2026-03-02 5.00 INR: statement',
      'eur CURRENCY line:14 140.00 EUR: statement',
      'gap STATEMENT_DIFFERS cash:2026-03:INR -8.00 INR: proofs',
      'gap STATEMENT_GAP gap:INR:2026-03-02..2026-03-05 -8.00 INR: statement',
      'panel TOP_UP_MISSING top-up:I20264007 -100.00 USD: evidence-file',
      'pub STATEMENT_DIFFERS account:1110:pub:USD 61.00 USD: proofs',
      'pub BELOW_MINIMUM payout:P20264001 40.00 USD: evidence-file',
      'pub PAYOUT_DIFFERS payout:P20264005 2.00 USD: evidence-file',
      'pub PAYOUT_OVERDUE payout:P20264006 300.00 USD: evidence-file',
      'pub PAYOUT_DIFFERS returned:payout:P20264003 150.00 USD: evidence-file',
      'torn STATEMENT_DIFFERS cash:2026-03:INR -7.00 INR: proofs',
      'torn STATEMENT_DIFFERS statement:ec3559e42116 -7.00 INR: statement',
    ],
    left: [
      'bank LINE_UNMATCHED line:2 -17.31 USD: statement',
      'eur CURRENCY line:14 140.00 EUR: statement',
      'pub PAYOUT_DIFFERS returned:payout:P20264003 150.00 USD: evidence-file',
    ],
  },
]
