/** From any figure to the bytes that made it, and from the bytes to where they went. */
import { expect, it } from 'vitest'
import { findJournal, journalLines } from '../../src/journals/read.ts'
import { parseSubject, type SubjectNames } from '../../src/pipeline/trace/subject.ts'
import { trace, type Trace } from '../../src/pipeline/trace/trace.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { sandboxBook, smallWorld, type SandboxBook } from '../pipeline/sandbox-book.ts'

const NAMES: SubjectNames = { sources: ['pub', 'netpanel', 'grosspanel'], panels: ['netpanel', 'grosspanel'] }

async function traced({ rig }: SandboxBook, text: string, limit = 5_000): Promise<Trace> {
  return trace(rig.database.kysely, await rig.bookRow(), parseSubject(text, NAMES), { limit, night: null })
}

/** The night approves by itself here. */
async function sealed({ rig }: SandboxBook): Promise<string> {
  const query = rig.database.kysely.selectFrom('journal').select('document').orderBy('id', 'desc').limit(1)
  return (await query.executeTakeFirstOrThrow()).document
}

describeOnSqlite('a trace', (fresh) => {
  it('of an order shows the answer that charged it, and the journal that sealed it', async () => {
    const book = await sandboxBook(await fresh(), smallWorld({ seed: 3 }))
    await book.night(1)
    await book.night(2)
    const { kysely } = book.rig.database
    const row = await kysely
      .selectFrom('txn')
      .select(['object', 'seq'])
      .where('kind', '=', 'charge')
      .where(
        'source',
        '=',
        (await kysely.selectFrom('source').select('id').where('name', '=', 'netpanel').executeTakeFirstOrThrow()).id,
      )
      .limit(1)
      .executeTakeFirstOrThrow()
    const id = row.object.slice('order:'.length)
    const found = await traced(book, `netpanel:${id}`)
    expect(found.transactions.map(({ sequence }) => sequence)).toContain(Number(row.seq))
    expect(found.evidence[0]?.isIntact).toBe(true)
    expect(found.evidence[0]?.body.toString()).toContain(id)
    const [journal] = found.journals
    expect(journal).toMatchObject({ approvedBy: 'tieout (auto)' })
    expect(Number(row.seq)).toBeLessThanOrEqual(journal?.through ?? 0)
  })

  it('of a journal line is every transaction that makes its exact amount', async () => {
    const book = await sandboxBook(await fresh(), smallWorld({ seed: 7 }))
    await book.night(1)
    await book.night(2)
    const document = await sealed(book)
    const { rig } = book
    const row = await rig.bookRow()
    const journal = await findJournal(rig.database.kysely, row, document)
    for (const { account, exact } of await journalLines(rig.database.kysely, row, journal.id)) {
      const { transactions, count } = await traced(book, `${document}@${account}`)
      expect(transactions.length).toBe(count)
      const postings = transactions.flatMap((each) => each.postings.filter((posting) => posting.account === account))
      expect(
        postings.reduce((sum, { amount }) => sum + amount, 0n),
        account,
      ).toBe(exact)
    }
  })

  it('of a landed item is what it made the books say', async () => {
    const book = await sandboxBook(await fresh(), smallWorld({ seed: 3 }))
    await book.night(1)
    await book.night(2)
    const last = await traced(
      book,
      String((await book.rig.database.kysely.selectFrom('head').select('seq').executeTakeFirstOrThrow()).seq),
    )
    const place = last.transactions[0]?.evidence
    const found = await traced(book, `landing:${place?.batch}.${place?.item}`)
    expect(found.transactions.map(({ sequence }) => sequence)).toContain(last.transactions[0]?.sequence)
    expect(
      found.transactions.every(({ evidence }) => evidence.batch === place?.batch && evidence.item === place.item),
    ).toBe(true)
  })

  it('shows no more than it is asked to, and says how many there are', async () => {
    const book = await sandboxBook(await fresh(), smallWorld({ seed: 3 }))
    await book.night(1)
    await book.night(2)
    const { transactions, count } = await traced(book, await sealed(book), 3)
    expect(transactions).toHaveLength(3)
    expect(count).toBeGreaterThan(3)
    const several = await traced(book, '2-4')
    expect(several.transactions.map(({ sequence }) => sequence)).toEqual([2, 3, 4])
    expect(several.evidence.every(({ isIntact }) => isIntact)).toBe(true)
  })

  it('of an account is what was known of it then', async () => {
    const book = await sandboxBook(await fresh(), smallWorld({ seed: 3, ordersPerDay: 10 }))
    await book.night(1)
    const then = await traced(book, 'account:1310:netpanel')
    const { rig } = book
    const { kysely } = rig.database
    const head = await kysely.selectFrom('head').select('recorded_at_ms').executeTakeFirstOrThrow()
    await book.night(2)
    const subject = parseSubject('account:1310:netpanel', NAMES)
    const options = { limit: 5_000, night: null, knownAtMs: Number(head.recorded_at_ms) }
    const known = await trace(kysely, await rig.bookRow(), subject, options)
    expect(known.transactions).toEqual(then.transactions)
    expect((await traced(book, 'account:1310:netpanel')).count).toBeGreaterThan(then.count)
  })

  it.each([
    ['999999', 'has no transaction 999999'],
    ['netpanel:0', 'hold nothing for "order:0" of netpanel'],
    ['NOTHING-1', 'has no journal "NOTHING-1"'],
    ['landing:9999.1', 'Nothing was landed at 9999.1'],
    ['line:99', 'has no statement line 99'],
    ['match:99', 'has no match 99'],
    ['item:99', 'has no expected payment item:99'],
    ['900000-900010', 'has no transactions 900000 to 900010'],
    ['E-9999', 'has no exception E-9999'],
    ['account:1999:x', 'Nothing is posted to an account "1999:x"'],
    ['nobody:1', 'has no source "nobody"'],
    ['???', 'is nothing that can be traced'],
  ])('of %s says what is not there', async (text, message) => {
    const book = await sandboxBook(await fresh(), smallWorld({ seed: 3, ordersPerDay: 5 }))
    await book.night(1)
    await expect(traced(book, text)).rejects.toThrow(message)
  })
})
