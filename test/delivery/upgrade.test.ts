/**
 * Rows that a version before the books' ids left behind, in every state: each journal is in the target once, an entry that
 * was sent from here is known as ours again, and one without an id that never was is not, whoever has it tried again.
 */
import { expect, it } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { retryDocument } from '../../src/targets/outbox/retry.ts'
import type { BuildJournal, Work } from '../../src/targets/outbox/work.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { bench, documentsIn, pass, plainBuild, rows, states, verify, type Bench } from './support.ts'

const DOCUMENT = 'ACMEADS-20261101-1'
const DAY_MS = 86_400_000

/** As the version before built them: without the id of a book. */
const olderBuild: BuildJournal = async (db, sealed, closedThrough) => {
  const built = await plainBuild(db, sealed, closedThrough)
  if (!built.ok) return built
  return { ok: true, entries: built.entries.map((each) => ({ ...each, memo: each.memo.replace(/, book .*$/, '') })) }
}

interface Upgraded extends Bench {
  readonly older: Work
}

async function upgraded(database: Database): Promise<Upgraded> {
  const made = await bench(database, 1)
  return { ...made, older: { ...made.work, build: olderBuild } }
}

/** The target takes so many requests of the older version's only pass, and all of the next day. */
async function olderPass({ older, service, clock }: Upgraded, requests: number): Promise<void> {
  service.callsLeft = requests
  await pass(older)
  service.callsLeft = Number.POSITIVE_INFINITY
  clock.ms += DAY_MS
}

describeOnSqlite('what a version before the ids left in the outbox', (fresh) => {
  it.each([
    ['never sent', 0, 'ok', 'queued', 'created'],
    ['sent, and the answer lost after the commit', 3, 'drop-after', 'unknown', 'adopted'],
    ['sent, and the connection broken before the commit', 3, 'drop-before', 'unknown', 'created'],
    ['sent, and answered with 500 after the commit', 3, '500-after', 'unknown', 'adopted'],
  ] as const)('%s: is in the target once', async (_what, requests, fault, left, how) => {
    const made = await upgraded(await fresh())
    const { work, service } = made
    if (requests > 0) service.plan.push('ok', 'ok', fault)
    await olderPass(made, requests)
    expect(await states(work)).toBe(left)
    expect((await pass(work))[how]).toEqual([DOCUMENT])
    expect(documentsIn(service)).toEqual([DOCUMENT])
    expect((await verify(work)).findings).toEqual([])
    expect(await states(work)).toBe('verified')
  })

  it('delivered: is read back as ours, and nothing is sent again', async () => {
    const made = await upgraded(await fresh())
    await pass(made.older)
    expect((await pass(made.work)).created).toEqual([])
    expect((await verify(made.work)).findings).toEqual([])
    expect(documentsIn(made.service)).toEqual([DOCUMENT])
  })

  it('sent without an answer, then dated anew: the entry that arrived is adopted', async () => {
    const made = await upgraded(await fresh())
    const { work, service } = made
    service.plan.push('ok', 'ok', 'drop-after')
    await olderPass(made, 3)
    service.closedThrough = '2026-11-01'
    const opening = { ...work, closedPeriod: 'first-open-day' as const }
    expect((await pass(opening)).adopted).toEqual([DOCUMENT])
    expect(documentsIn(service)).toEqual([DOCUMENT])
  })

  it('never sent, with an equal entry without an id there: refused, however often it is tried again', async () => {
    const made = await upgraded(await fresh())
    const { work, service } = made
    await olderPass(made, 0)
    const [row] = await rows(work)
    service.entries.push({ id: '1', version: 0, status: 'posted', changedMs: 0, text: row?.body ?? '' })
    for (let time = 1; time <= 2; time += 1) {
      await pass(work)
      expect(await states(work)).toBe('refused')
      await retryDocument(work, { document: DOCUMENT, by: 'ann' })
    }
    expect(documentsIn(service)).toEqual([DOCUMENT])
    service.entries.splice(0)
    expect((await pass(work)).created).toEqual([DOCUMENT])
    expect(service.entries.map(({ text }) => text).join()).toContain('book 3F9A01BC')
  })
})
