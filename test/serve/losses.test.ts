/** A daemon whose PostgreSQL lost what it had confirmed: it says so by a night that fails once, and goes on. */
import { sql } from 'kysely'
import { expect, it, onTestFinished } from 'vitest'
import { createLosses } from '../../src/cli/serve/losses.ts'
import { openDatabase } from '../../src/db/database.ts'
import { createScheduler } from '../../src/pipeline/serve/scheduler.ts'
import { knownSince, lastTick } from '../../src/pipeline/serve/ticks.ts'
import { newPostgresUrl } from '../support/databases.ts'
import { fakeOutage } from '../support/fake-outage.ts'
import { newBook } from '../support/ledger.ts'

const DUE_MS = Date.UTC(2026, 0, 2, 2, 30)

it('fails the next night once with what was lost, then runs it', async () => {
  const logged: string[] = []
  const losses = createLosses((sentence) => void logged.push(sentence))
  const url = await newPostgresUrl()
  const database = await openDatabase(url, { outage: fakeOutage(), onLoss: losses.tell })
  onTestFinished(() => database.close())
  const { id } = await newBook(database)
  const clock = { nowMs: DUE_MS - 60_000 }
  let nights = 0
  const scheduler = createScheduler({
    db: database.kysely,
    nowMs: () => clock.nowMs,
    holder: 'a/1/x',
    mayLive: () => true,
    runNight: ({ name }) =>
      losses.before(name, async () => {
        nights += 1
        return { kind: 'done', detail: 'Done.' }
      }),
  })
  const book = { id, name: 'acme', schedule: { at: '02:30', timeZone: 'UTC' } }
  await knownSince(database.kysely, id, clock.nowMs)
  const older = await openDatabase(url)
  // As a standby that never had the last transaction.
  await sql`truncate commit_mark`.execute(older.kysely)
  await older.close()
  clock.nowMs = DUE_MS
  await expect(scheduler.wake(book)).rejects.toMatchObject({ code: 'DATABASE_BEHIND' })
  expect(logged).toEqual([expect.stringContaining('has lost transactions that were confirmed')])
  expect(losses.untold()).toBe(logged[0])
  clock.nowMs += 60_000
  expect(await scheduler.wake(book)).toMatchObject({ outcome: { kind: 'transient', detail: logged[0] } })
  expect(await lastTick(database.kysely, id)).toMatchObject({ status: 'retry', outcome: 'transient' })
  expect(losses.untold()).toBeNull()
  expect(nights).toBe(0)
  clock.nowMs += 60_000
  expect(await scheduler.wake(book)).toMatchObject({ outcome: { kind: 'done' } })
  expect(nights).toBe(1)
})
