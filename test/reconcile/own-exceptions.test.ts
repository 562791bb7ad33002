/** Matching closes what matching has said, and nothing that is said of the same line or item elsewhere. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import type { RaisedException } from '../../src/domain/exception.ts'
import { findBook } from '../../src/ledger/books.ts'
import { exceptionDossier } from '../../src/pipeline/exception-dossier.ts'
import { trace } from '../../src/pipeline/trace/trace.ts'
import { exceptionAbout } from '../../src/reconcile/exceptions.ts'
import { raiseException } from '../support/exceptions.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { moneyBook, NOON_MS, type MoneyBook } from './money-book.ts'

const EURO = `      - { name: eur, type: bank, currency: EUR, code: '1002' }
    rates: ./rates.csv
`
const SECOND = `      - name: second
        type: bank
        currency: USD
        code: '1001'
        rules: [{ contains: TO BANK, means: transfer, account: bank }]
`
const OPENING = ['2026-03-01,pub,opening-balance,600.00,USD,,', '2026-03-04,pub,payout,150.00,USD,PO-1,']

/** A match that no exchange rate explains, found only once the rate came. */
async function unsettledBook(database: Database): Promise<MoneyBook> {
  const book = await moneyBook(database, EURO)
  const rates = (...rows: readonly string[]): void =>
    writeFileSync(join(book.rig.folder, 'rates.csv'), ['date,from,to,rate', ...rows, ''].join('\n'))
  rates('2026-03-05,GBP,USD,1.30')
  await book.evidence(...OPENING)
  await book.bank('eur', '2026-03-05,A,5.00')
  await book.decide({ decide: 'match', lines: [1], items: [1], residual: 'open' })
  rates('2026-03-05,GBP,USD,1.30', '2026-03-05,EUR,USD,1.08')
  await book.reconcile()
  return book
}

async function raised(database: Database, about: Pick<RaisedException, 'source' | 'code' | 'object' | 'detail'>) {
  const { id } = await findBook(database.kysely, 'agency')
  await raiseException(database.kysely, id, { ...about, amount: 1n, currency: 'USD' }, { batch: 1, item: 1 }, NOON_MS)
}

describeOnSqlite('what matching says of a match that cannot be booked', (fresh) => {
  it('is about the match, names its line, and goes with it', async () => {
    const database = await fresh()
    const book = await unsettledBook(database)
    expect(await book.exceptions()).toEqual(['LINE_UNMATCHED match:1'])
    const { kysely } = database
    const held = await findBook(kysely, 'agency')
    const about = { source: 'eur', code: 'LINE_UNMATCHED', object: 'match:1' }
    const found = await exceptionAbout(kysely, held.id, about)
    expect(found?.detail).toMatch(
      /^match 1 of line 1 is kept, but nothing of it is booked: the lines are worth 5\.40 USD/,
    )
    const number = found?.number ?? 0
    const dossier = await exceptionDossier(kysely, held, number, NOON_MS)
    expect([dossier?.offers, dossier?.command]).toEqual([[], 'tieout reconcile list'])
    const traced = await trace(kysely, held, { kind: 'exception', id: number }, { limit: 20, night: null })
    expect(traced.about.join('\n')).toMatch(
      /\nmatch 1, decision, active: [^]*\nitem 1: payout of pub, [^]*\nline 1 of eur: /,
    )
    await book.decide({ decide: 'unmatch', match: 1, by: 'Bea' })
    expect(await book.exceptions()).toEqual([])
    const after = await trace(kysely, held, { kind: 'exception', id: number }, { limit: 20, night: null })
    expect(after.about.join('\n')).toContain(' closed by the decision of Bea on match 1 (unmatch): seen on paper')
    const [opened, ...closings] = (await exceptionDossier(kysely, held, number, NOON_MS))?.history ?? []
    expect(opened, 'the reconciliation raised it').toMatchObject({ event: 'opened', decision: null })
    const decision = { decide: 'unmatch', match: 1, by: 'Bea', why: 'seen on paper' }
    expect(closings).toMatchObject([{ event: 'closed', by: null, decision }])
  })

  it('closes what it said itself, and what stands beside it stays', async () => {
    const database = await fresh()
    const book = await unsettledBook(database)
    await raised(database, {
      source: 'bank',
      code: 'LINE_UNMATCHED',
      object: 'over-matched:line:1',
      detail: 'line:1 now comes to less',
    })
    await raised(database, {
      source: 'bank',
      code: 'PAYOUT_DIFFERS',
      object: 'returned:payout:7',
      detail: 'said by nobody of matching',
    })
    await raised(database, {
      source: 'pub',
      code: 'PAYOUT_DIFFERS',
      object: 'payout:PO-1',
      detail: 'its line is there',
    })
    await book.reconcile()
    expect(await book.exceptions()).toEqual([
      'LINE_UNMATCHED match:1',
      'LINE_UNMATCHED over-matched:line:1',
      'PAYOUT_DIFFERS returned:payout:7',
    ])
  })
})

describeOnSqlite('a transfer that shrank below what has arrived', (fresh) => {
  it('stays an exception however often the night reconciles, until its arrival is undone', async () => {
    const book = await moneyBook(await fresh(), SECOND)
    await book.bank('second', '2026-03-05,TO BANK REF 4711AAAA,-50.00')
    await book.bank('bank', '2026-03-05,FROM SECOND REF 4711AAAA,50.00')
    expect(await book.matches()).toEqual(['rule active line 1 -50.00', 'exact active line 2 50.00, item 1 50.00'])
    await book.decide({ decide: 'unmatch', match: 1 })
    await book.reconcile()
    await book.reconcile()
    expect(await book.exceptions()).toContain('LINE_UNMATCHED over-matched:line:1')
    await book.decide({ decide: 'unmatch', match: 2 })
    const items = await book.rig.database.kysely.selectFrom('open_item').select(['amount', 'status']).execute()
    expect(items).toEqual([{ amount: 0n, status: 'withdrawn' }])
    expect(await book.exceptions()).not.toContain('LINE_UNMATCHED over-matched:line:1')
  })
})
