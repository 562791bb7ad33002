/** A journal that a person writes to a file for the same books while it waits to be sent is not sent as well. */
import { expect, it } from 'vitest'
import { reverseJournal } from '../../src/journals/reverse.ts'
import { handedOutTo, rememberFiles } from '../../src/targets/files/handed-out.ts'
import { retryDocument } from '../../src/targets/outbox/retry.ts'
import type { Work } from '../../src/targets/outbox/work.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { bench, documentsIn, pass, rows, states, type Bench } from './support.ts'

const [FIRST, SECOND] = ['ACMEADS-20261101-1', 'ACMEADS-20261102-1']

async function writeFile({ database, book, clock }: Bench, document: string): Promise<void> {
  clock.ms += 60_000
  const file = {
    format: 'quickbooks-csv',
    path: `/files/${clock.ms}.csv`,
    sha256: 'ab'.repeat(32),
    documents: [document],
  }
  await rememberFiles(database.kysely, book, [file], { by: 'ann', atMs: clock.ms })
  clock.ms += 60_000
}

function withFiles({ work, book }: Bench): Work {
  return { ...work, handedOut: handedOutTo(book, 'quickbooks') }
}

describeOnSqlite('a file of what waits to be sent', (fresh) => {
  it('keeps it from being sent, until a person says that it was never imported', async () => {
    const made = await bench(await fresh(), 2)
    const work = withFiles(made)
    await pass(work, { limit: 0 })
    await writeFile(made, FIRST)
    await pass(work)
    expect(await states(work)).toBe('refused delivered')
    expect(documentsIn(made.service)).toEqual([SECOND])
    made.clock.ms += 60_000
    await retryDocument(work, { document: FIRST, by: 'bea' })
    await pass(work)
    expect(await states(work)).toBe('delivered delivered')
    expect(documentsIn(made.service)).toEqual([FIRST, SECOND])
  })

  it('counts one that is written after that word anew', async () => {
    const made = await bench(await fresh(), 1)
    const work = withFiles(made)
    await pass(work, { limit: 0 })
    await writeFile(made, FIRST)
    await pass(work)
    await retryDocument(work, { document: FIRST, by: 'bea' })
    await writeFile(made, FIRST)
    await pass(work)
    expect(await states(work)).toBe('refused')
    expect(documentsIn(made.service)).toEqual([])
  })

  it('keeps what was queued in spite of a file in the queue', async () => {
    const made = await bench(await fresh(), 1)
    const work = withFiles(made)
    await writeFile(made, FIRST)
    expect((await pass(work)).enqueued.unbuilt).toMatchObject([{ document: FIRST, code: 'DELIVERY_FAILED' }])
    await pass({ ...work, again: true }, { limit: 0 })
    await pass(work)
    expect(await states(work)).toBe('delivered')
  })

  it('looks first for what may have arrived before the file was written', async () => {
    const made = await bench(await fresh(), 1)
    const work = withFiles(made)
    made.service.plan.push('ok', 'ok', 'ok', 'drop-before', 'ok', 'drop-before')
    await pass(work)
    expect(await states(work)).toBe('unknown')
    await writeFile(made, FIRST)
    await pass(work)
    // What was sent may still arrive.
    expect(await states(work)).toBe('unknown')
    made.clock.ms += 600_000
    await pass(work)
    expect(await states(work)).toBe('refused')
    expect((await rows(work))[0]?.remoteId).toBeNull()
    expect(documentsIn(made.service)).toEqual([])
  })

  it('lets the journal that takes it back follow it: the file has put it there', async () => {
    const made = await bench(await fresh(), 1)
    const work = withFiles(made)
    await pass(work, { limit: 0 })
    await writeFile(made, FIRST)
    await pass(work)
    const correction = { document: FIRST, why: 'wrong', by: 'ann', atMs: made.clock.ms, documentPrefix: 'ACMEADS' }
    await made.database.kysely.transaction().execute((trx) => reverseJournal(trx, made.book, correction))
    await pass(work)
    expect(await states(work)).toBe('refused delivered')
    expect(documentsIn(made.service)).toEqual(['ACMEADS-20261101-2'])
  })
})
