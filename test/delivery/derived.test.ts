/** What is sent is derived from the postings just before it goes, and the log says each create before it is sent. */
import { hash } from 'node:crypto'
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { listBooks } from '../../src/ledger/books.ts'
import { collectFindings } from '../../src/ledger/verify/finding.ts'
import { readBatch } from '../../src/log/landing.ts'
import { enqueueSealed } from '../../src/targets/outbox/enqueue.ts'
import { parseEntry } from '../../src/targets/outbox/entry-text.ts'
import { historyOf } from '../../src/targets/outbox/past.ts'
import { retryDocument } from '../../src/targets/outbox/retry.ts'
import { verifyDeliveries } from '../../src/targets/outbox/verify-records.ts'
import type { BuildJournal } from '../../src/targets/outbox/work.ts'
import { describeOnBothEngines } from '../support/both-engines.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { bench, documentsIn, pass, plainBuild, rows, states, type Bench } from './support.ts'

async function queued(made: Bench): Promise<void> {
  await made.work.kysely.transaction().execute((trx) => enqueueSealed(trx, made.work, 1))
}

/** Puts another payload under a row, ten times as large and with every hash right. */
async function forge({ work }: Bench): Promise<void> {
  const [row] = await rows(work)
  if (row === undefined) throw new Error('nothing is queued')
  const lines = row.entry.lines.map((line) => ({ ...line, amount: line.amount * 10n }))
  const body = work.body({ ...row.entry, lines })
  const place = { book: row.book, target: row.target, journal: row.journal, part: BigInt(row.part) }
  const revision = BigInt(row.revision + 1)
  await work.kysely
    .insertInto('outbox_payload')
    .values({
      ...place,
      revision,
      body,
      body_sha256: hash('sha256', body, 'buffer'),
      entry: body,
      reason: 'forged',
      made_at_ms: 1n,
    })
    .execute()
  await work.kysely
    .updateTable('outbox')
    .set({ revision })
    .where((eb) => eb.and(place))
    .execute()
}

/** By the service, the debits of each entry. */
function debits({ service }: Bench): readonly string[] {
  return service.entries.map(({ text }) =>
    String(parseEntry(text).lines.reduce((sum, { amount }) => (amount > 0n ? sum + amount : sum), 0n)),
  )
}

async function findings({ work }: Bench): Promise<readonly string[]> {
  const found = collectFindings()
  for (const book of await listBooks(work.kysely)) await verifyDeliveries(work.kysely, book, found)
  return found.list().map(({ sentence }) => sentence)
}

/** What the log says of deliveries, in order. */
async function told({ work }: Bench): Promise<readonly string[]> {
  const records = await work.kysely
    .selectFrom('log_record')
    .select('batch')
    .where('book', '=', work.book.id)
    .where('kind', '=', 'delivery')
    .orderBy('batch')
    .execute()
  const said = await Promise.all(records.map(({ batch }) => readBatch(work.kysely, work.book.id, Number(batch))))
  return said.map(([landed]) => {
    const { what, to, remoteId, by } = JSON.parse(landed?.body.toString('utf8') ?? '{}') as Record<string, string>
    return [what, to, remoteId, by].filter((each) => each !== undefined).join(' ')
  })
}

/** Another mapping: every account with a letter before it. */
const mappedAnew: BuildJournal = async (db, sealed, closedThrough) => {
  const built = await plainBuild(db, sealed, closedThrough)
  if (!built.ok) return built
  const entries = built.entries.map((entry) => ({
    ...entry,
    lines: entry.lines.map((line) => ({ ...line, account: `X${line.account}` })),
  }))
  return { ok: true, entries }
}

describeOnBothEngines('what is sent', (fresh) => {
  it('is what the postings say, whatever waits in the outbox', async () => {
    const made = await bench(await fresh(), 1)
    await queued(made)
    await forge(made)
    await pass(made.work)
    expect(debits(made)).toEqual(['125000000'])
    expect(await states(made.work)).toBe('delivered')
    expect(await findings(made)).toEqual([])
  })

  it('is by the mapping in force when it goes', async () => {
    const made = await bench(await fresh(), 1)
    await queued(made)
    await pass({ ...made.work, build: mappedAnew })
    expect(parseEntry(made.service.entries[0]?.text ?? '').lines.map(({ account }) => account[0])).toEqual(['X', 'X'])
    expect(await findings(made)).toEqual([])
  })

  it('is under the same key what was announced, though the mapping was changed since', async () => {
    const made = await bench(await fresh(), 1)
    made.service.plan.push('ok', 'ok', 'ok', '500-before', 'ok', '500-before')
    await pass(made.work)
    expect(await states(made.work)).toBe('unknown')
    expect(await findings(made)).toEqual([])
    await pass({ ...made.work, build: mappedAnew })
    expect(parseEntry(made.service.entries[0]?.text ?? '').lines.map(({ account }) => account[0])).not.toContain('X')
    expect(documentsIn(made.service)).toHaveLength(1)
    expect(await states(made.work)).toBe('delivered')
    expect(await findings(made)).toEqual([])
  })

  it('is nothing where the outbox holds other bytes than were announced', async () => {
    const made = await bench(await fresh(), 1)
    made.service.plan.push('ok', 'ok', 'ok', '500-before', 'ok', '500-before')
    await pass(made.work)
    await forge(made)
    expect(await findings(made)).toEqual([expect.stringMatching(/other bytes than were announced before it was sent/)])
    await pass(made.work)
    expect(made.service.entries).toEqual([])
    expect(await states(made.work)).toBe('refused')
  })
})

describeOnBothEngines('the log', (fresh) => {
  it('says each create before it is sent, each answer, and what people decide', async () => {
    const made = await bench(await fresh(), 2)
    made.service.plan.push('ok', 'ok', 'ok', 'ok', '500-after', 'ok', 'ok')
    await pass(made.work)
    const [first] = await rows(made.work)
    expect(await told(made)).toEqual(['announced', 'answered delivered 1', 'announced', 'answered delivered 2'])
    made.service.entries.splice(0, 1)
    await retryDocument(made.work, { document: first?.document ?? '', by: 'ann' })
    expect((await told(made)).slice(4)).toEqual(['decided queued ann'])
    expect(await findings(made)).toEqual([])
  })
})

/** Without the guards of the database, on which nothing of this rests. */
describeOnSqlite('a forged', (fresh) => {
  async function unguarded({ database }: Bench, change: string): Promise<void> {
    const { kysely } = database
    const { rows: guards } = await sql<{ name: string }>`select name from sqlite_schema where type = 'trigger'`.execute(
      kysely,
    )
    for (const { name } of guards) await sql`drop trigger ${sql.ref(name)}`.execute(kysely)
    await sql.raw(change).execute(kysely)
  }

  it.each([
    [
      'line of a journal',
      'update journal_line set exact = exact * 2, rounded = rounded * 2',
      /does not match its hash/,
    ],
    ['posting', 'update posting set amount = amount * 2', /the postings of its range -?2\.50/],
  ])('%s stops its journal', async (_what, change, why) => {
    const made = await bench(await fresh(), 1)
    await queued(made)
    await unguarded(made, change)
    await pass(made.work)
    expect(made.service.entries).toEqual([])
    const [row] = await rows(made.work)
    const lines = row === undefined ? [] : await historyOf(made.work.kysely, row)
    expect(lines.at(-1)).toMatchObject({ to: 'refused', message: expect.stringMatching(why) as string })
  })

  it.each([
    [
      'delivery',
      0,
      `update outbox set state = 'verified', remote_id = '9', remote_version = '0'`,
      /no such answer of the target/,
    ],
    ['id of an entry', 1, `update outbox set remote_id = '9'`, /became entry 9, and the target answered 1/],
    ['payload', 1, `update outbox_payload set body = 'x'`, /other bytes than were delivered/],
    ['record', 1, 'update outbox set record = 1', /no such answer of the target/],
  ])('%s is found by verify', async (_what, passes, change, why) => {
    const made = await bench(await fresh(), 1)
    await queued(made)
    if (passes > 0) await pass(made.work)
    await unguarded(made, change)
    expect(await findings(made)).toEqual([expect.stringMatching(why)])
  })
})
