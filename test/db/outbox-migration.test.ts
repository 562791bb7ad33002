/** An outbox that an older version filled goes on where it stood: nothing is sent twice, and its rules still hold. */
import { sql, type Kysely } from 'kysely'
import { expect, it, onTestFinished } from 'vitest'
import { openDatabase } from '../../src/db/database.ts'
import { migrate } from '../../src/db/migrate.ts'
import type { Tables } from '../../src/db/tables.ts'
import { entryText } from '../../src/targets/outbox/entry-text.ts'
import { moveRow } from '../../src/targets/outbox/move.ts'
import { historyOf } from '../../src/targets/outbox/past.ts'
import { readRows } from '../../src/targets/outbox/row.ts'
import { describeEmptyOnBothEngines } from '../support/both-engines.ts'
import { olderMigrations } from '../support/older-migrations.ts'

const OUTBOX = { book: 1n, target: 'books' }
const ENTRY = {
  document: 'ACME-20261101-1',
  date: '2026-11-01',
  currency: 'USD',
  exchangeRate: null,
  memo: '',
  lines: [],
}

/** One sealed journal, delivered as entry 77 after an answer that was lost, and one that waits. */
async function filledBefore(kysely: Kysely<Tables>): Promise<void> {
  await sql`insert into book (id, name, currency, time_zone) values (1, 'acme', 'USD', 'UTC')`.execute(kysely)
  await sql`insert into account (book, id, key) values (1, 1, 'a'), (1, 2, 'b')`.execute(kysely)
  for (const id of [1, 2]) {
    const document = `ACME-2026110${id}-1`
    const hash = Buffer.alloc(32)
    await kysely.transaction().execute(async (trx) => {
      await sql`insert into journal_line (book, journal, account, exact, rounded) values (1, ${id}, 1, 5, 5), (1, ${id}, 2, -5, -5)`.execute(
        trx,
      )
      await sql`insert into journal (book, id, day, number, document, document_date, currency, from_seq, to_seq, status,
        approved_by, approved_at_ms, line_count, hash) values (1, ${id}, ${`2026-11-0${id}`}, 1, ${document},
        ${`2026-11-0${id}`}, 'USD', 1, 9, 'approved', 'ann', 1, 2, ${hash})`.execute(trx)
      const text = entryText({ ...ENTRY, document })
      await sql`insert into outbox_payload (book, target, journal, part, revision, body, body_sha256, entry, reason, made_at_ms)
        values (1, 'books', ${id}, 1, 1, '{}', ${hash}, ${text}, 'as approved', 1)`.execute(trx)
      await sql`insert into outbox (book, target, journal, part, parts, document, state, revision, generation, answered,
        history, queued_at_ms) values (1, 'books', ${id}, 1, 1, ${document}, 'queued', 1, 1, 0, 0, 1)`.execute(trx)
    })
  }
  const states = ['queued', 'sending', 'unknown', 'sending', 'delivered']
  for (const [n, to] of states.entries()) {
    if (n === 0) continue
    const remote = to === 'delivered' ? '77' : null
    const holder = to === 'sending' ? 'me' : null
    await sql`insert into outbox_attempt (book, target, journal, part, n, at_ms, from_state, to_state, request_key, message, holder)
      values (1, 'books', 1, 1, ${n}, ${n}, ${states[n - 1]}, ${to}, 'k', ${`step ${n}`}, 'me')`.execute(kysely)
    await sql`update outbox set state = ${to}, history = ${n}, holder = ${holder}, holder_until_ms = ${holder === null ? null : 9},
      remote_id = ${remote}, remote_version = ${remote === null ? null : '0'}, sent_at_ms = 3, answered = ${n % 2}
      where journal = 1`.execute(kysely)
  }
}

describeEmptyOnBothEngines('the outbox of an older version', (freshUrl) => {
  it('keeps its rows, its bytes and its history, and moves on by the same rules', async () => {
    const database = await openDatabase(await freshUrl())
    onTestFinished(() => database.close())
    const { kysely } = database
    await migrate(database, 0, olderMigrations('0016'))
    await filledBefore(kysely)
    await migrate(database, 1)
    const [sent, waiting] = await readRows(kysely, OUTBOX)
    expect(sent).toMatchObject({
      state: 'delivered',
      remoteId: '77',
      sentAtMs: 3,
      history: 4,
      body: '{}',
      entry: ENTRY,
    })
    expect(waiting).toMatchObject({ state: 'queued', remoteId: null, sentAtMs: null, history: 0 })
    if (sent === undefined || waiting === undefined) throw new Error('two rows were there')
    expect((await historyOf(kysely, sent)).map(({ message }) => message)).toEqual([
      'step 1',
      'step 2',
      'step 3',
      'step 4',
    ])
    const clock = () => 5
    const book = { id: 1n, name: 'acme', currency: 'USD', timeZone: 'UTC' }
    const mover = { kysely, book, holder: 'us', nowMs: clock, wallMs: clock }
    expect(await moveRow(mover, sent, { to: 'verified', message: 'read back' })).toMatchObject({ state: 'verified' })
    await expect(moveRow(mover, waiting, { to: 'verified', message: 'not so' })).rejects.toThrow('does not go that way')
    expect(await moveRow(mover, waiting, { to: 'sending', message: 'taken up' })).toMatchObject({ state: 'sending' })
    await expect(sql`select answered from outbox`.execute(kysely)).rejects.toThrow('answered')
  })
})
