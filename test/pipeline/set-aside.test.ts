/** A statement, reconciliation or proof that fails is set aside whole, the book goes on, and a replay decides the same. */
import { expect, it } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { InvariantError, TransientError } from '../../src/domain/errors.ts'
import { landBatch, type NewLanding } from '../../src/log/landing.ts'
import { whySetAside } from '../../src/evidence/quarantine.ts'
import { findBook } from '../../src/ledger/books.ts'
import { attempt } from '../../src/pipeline/process/set-aside.ts'
import { createProcessor, processBatch } from '../../src/pipeline/engine/process-batch.ts'
import { replayBook } from '../../src/pipeline/replay.ts'
import { describeOnBothEngines } from '../support/both-engines.ts'
import { moneyBook, NOON_MS } from '../reconcile/money-book.ts'

const STATEMENT = {
  file: 'bad.csv',
  sha256: 'ab'.repeat(32),
  format: 'bank-csv',
  options: { currency: 'USD', timeZone: 'UTC', columns: null, dateOrder: null, decimal: null },
}

async function process(database: Database, kind: NewLanding['kind'], source: string, request: unknown) {
  const { kysely } = database
  const book = await findBook(kysely, 'agency')
  const landing: NewLanding = {
    kind,
    source,
    request,
    fetchedAtMs: NOON_MS,
    httpStatus: null,
    contentType: 'application/octet-stream',
    body: Buffer.from('{ this is neither a statement nor a request'),
  }
  const landed = await kysely.transaction().execute((trx) => landBatch(trx, book.id, [landing]))
  return processBatch(createProcessor(database, book), landed)
}

describeOnBothEngines('work that fails', (fresh) => {
  it.each([
    ['statement', 'bank', STATEMENT, 'file:abababababababab'],
    ['reconcile', '', {}, 'reconcile'],
    ['proofs', '', {}, 'proofs'],
  ] as const)('is set aside and told: %s', async (kind, source, request, object) => {
    const database = await fresh()
    const book = await moneyBook(database)
    await book.evidence('2026-03-01,pub,opening-balance,600.00,USD,,', '2026-03-04,pub,payout,150.00,USD,PO-1,')
    const { setAside, posted, totals, notes } = await process(database, kind, source, request)
    expect([posted, totals.rows.in]).toEqual([0, 1n])
    expect(notes[0]?.sentence).toContain(setAside)
    expect(await book.exceptions()).toContain(`FILE_UNREAD ${object}`)
    const held = await database.kysely.selectFrom('quarantine').select(['source', 'object']).execute()
    const { id } = await findBook(database.kysely, 'agency')
    const known = await whySetAside(database.kysely, id, 'bank', STATEMENT.sha256)
    expect(known).toBe(kind === 'statement' ? setAside : null)
    expect(held).toEqual(kind === 'statement' ? [{ source, object: 'bad.csv (abababababababab)' }] : [])
    // Everything else goes on, and what can be made again settles it.
    await book.bank('bank', '2026-03-05,PAYELANCER PAYOUT,150.00')
    expect(await book.balances()).toMatchObject({ '1000:bank': '150.00' })
    expect((await book.exceptions()).filter((each) => each.startsWith('FILE_UNREAD'))).toEqual(
      kind === 'statement' ? [`FILE_UNREAD ${object}`] : [],
    )
  })

  it('is set aside alone where it is no decision, and is not landed where it can be asked about', async () => {
    const database = await fresh()
    const book = await moneyBook(database)
    await book.evidence('2026-03-01,pub,opening-balance,600.00,USD,,', '2026-03-04,pub,payout,150.00,USD,PO-1,')
    const landed = () => database.kysely.selectFrom('log_record').select('batch').execute()
    const before = await landed()
    const nobody = book.decide({ decide: 'ignore', line: 1, by: '' })
    await expect(nobody).rejects.toThrow(/^This is no decision: by: /)
    expect(await landed()).toEqual(before)
    const { posted, setAside, totals } = await process(database, 'match-decision', '', {})
    expect([posted, setAside, totals.rows.quarantined]).toEqual([0, null, 1n])
    await book.bank('bank', '2026-03-05,PAYELANCER PAYOUT,150.00')
    expect(await book.balances()).toMatchObject({ '1000:bank': '150.00' })
  })

  it('comes to the same books when they are replayed', async () => {
    const [database, other] = [await fresh(), await fresh()]
    const book = await moneyBook(database)
    await book.evidence('2026-03-01,pub,opening-balance,600.00,USD,,', '2026-03-04,pub,payout,150.00,USD,PO-1,')
    await process(database, 'statement', 'bank', STATEMENT)
    await process(database, 'reconcile', '', {})
    await book.bank('bank', '2026-03-05,PAYELANCER PAYOUT,150.00')
    const from = { kysely: database.kysely, book: await findBook(database.kysely, 'agency') }
    const options = { nowMs: NOON_MS, signal: new AbortController().signal, onBatch: () => undefined }
    const report = await replayBook(from, other, { name: 'agency', currency: 'USD', timeZone: 'UTC' }, options)
    expect(report.isSame).toBe(true)
  })

  it('leaves nothing of what it wrote, and throws on what another try could change', async () => {
    const { kysely } = await fresh()
    const row = (name: string) => ({ id: name === 'kept' ? 1n : 2n, name, currency: 'USD', time_zone: 'UTC' })
    await kysely.transaction().execute(async (trx) => {
      const insert = (name: string) => trx.insertInto('book').values(row(name)).execute()
      await insert('kept')
      const broken = await attempt(trx, async () => {
        await insert('lost')
        await insert('kept')
      })
      expect(broken.ok).toBe(false)
      const refused = await attempt(trx, async () => {
        await insert('lost')
        throw new InvariantError('A_RULE', 'It does\u0000 not hold.')
      })
      expect(refused).toEqual({ ok: false, reason: 'A_RULE: It does not hold.' })
      expect(await attempt(trx, () => Promise.resolve(7))).toEqual({ ok: true, value: 7 })
    })
    expect(await kysely.selectFrom('book').select('name').execute()).toEqual([{ name: 'kept' }])
    const busy = kysely.transaction().execute((trx) =>
      attempt(trx, () => {
        throw new TransientError('BUSY', 'Busy.')
      }),
    )
    await expect(busy).rejects.toThrow('Busy.')
  })
})
