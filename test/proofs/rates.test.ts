/** Exchange rates in the landing: kept for ever, the newest word counts, a replay reads the same, nobody rewrites them. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { sql } from 'kysely'
import type { Database } from '../../src/db/database.ts'
import { findRate } from '../../src/domain/money/rates.ts'
import { ratesInForce } from '../../src/evidence/rates.ts'
import { runReconcile } from '../../src/pipeline/reconcile/run.ts'
import { replayBook } from '../../src/pipeline/replay.ts'
import type { Rig } from '../pipeline/harness.ts'
import { moneyBook, NOON_MS } from '../reconcile/money-book.ts'
import { describeOnBothEngines } from '../support/both-engines.ts'
import { describeOnSqlite, newSqliteUrl, opened } from '../support/databases.ts'

const MORE = '    rates: ./rates.csv\n    ratesMaxAgeDays: 3\n'

async function ratesBook(database: Database) {
  const { rig } = await moneyBook(database, MORE)
  const say = async (...rates: readonly string[]): Promise<void> => {
    writeFileSync(join(rig.folder, 'rates.csv'), ['date,from,to,rate', ...rates, ''].join('\n'))
    const request = { config: rig.config, book: rig.book, env: rig.env }
    await runReconcile(rig.environment(NOON_MS), request, '2026-03-09')
  }
  const rateOn = async (day: string, of: Rig = rig): Promise<string | null> => {
    const table = await ratesInForce(of.database.kysely, (await of.bookRow()).id, 3)
    return findRate(table, 'EUR', 'USD', day)?.text ?? null
  }
  const kept = async (): Promise<number> => (await database.kysely.selectFrom('rate').selectAll().execute()).length
  return { rig, say, rateOn, kept }
}

describeOnSqlite('the rates of a book', (fresh) => {
  it('are the newest ones said, for some days, and never the other way round', async () => {
    const { rig, say, rateOn } = await ratesBook(await fresh())
    await say('2026-03-02,EUR,USD,1.08')
    expect(await rateOn('2026-03-01')).toBeNull()
    expect([await rateOn('2026-03-02'), await rateOn('2026-03-05')]).toEqual(['1.08', '1.08'])
    expect(await rateOn('2026-03-06')).toBeNull()
    const table = await ratesInForce(rig.database.kysely, (await rig.bookRow()).id, 3)
    expect(findRate(table, 'USD', 'EUR', '2026-03-02')).toBeNull()
  })

  it('take a correction, and its taking back, and keep every word that was said', async () => {
    const { say, rateOn, kept } = await ratesBook(await fresh())
    const seen: (string | null)[] = []
    for (const rate of ['1.08', '1.0801', '1.08', '1.08']) {
      await say(`2026-03-02,EUR,USD,${rate}`)
      seen.push(await rateOn('2026-03-02'))
    }
    expect(seen).toEqual(['1.08', '1.0801', '1.08', '1.08'])
    expect(await kept()).toBe(3)
  })

  it('keep a rate that a newer file no longer lists', async () => {
    const { say, rateOn } = await ratesBook(await fresh())
    await say('2026-03-02,EUR,USD,1.08')
    await say('2026-03-08,EUR,USD,1.09')
    expect([await rateOn('2026-03-02'), await rateOn('2026-03-08')]).toEqual(['1.08', '1.09'])
  })

  it('refuse a file with a mistake before anything of it counts', async () => {
    const { say, kept } = await ratesBook(await fresh())
    await expect(say('2026-03-02,EUR,USD,1.08', '2026-03-03,EUR,USD,0')).rejects.toThrow('mistakes')
    expect(await kept()).toBe(0)
  })

  it('are the same after a replay', async () => {
    const { rig, say, rateOn } = await ratesBook(await fresh())
    for (const rate of ['1.08', '1.0801', '1.08']) await say(`2026-03-02,EUR,USD,${rate}`)
    const from = { kysely: rig.database.kysely, book: await rig.bookRow() }
    const options = { nowMs: NOON_MS, signal: new AbortController().signal, onBatch: () => undefined }
    const into = await opened(newSqliteUrl())
    expect((await replayBook(from, into, rig.book, options)).isSame).toBe(true)
    expect(await rateOn('2026-03-02', { ...rig, database: into })).toBe('1.08')
  })
})

describeOnBothEngines('the rates of a book', (fresh) => {
  it.each([
    ['two words at one place', sql`insert into rate select * from rate`],
    ['a rate to itself', sql`insert into rate select book, 'USD', 'USD', day, batch, item, text from rate`],
  ])('withstand an attack by %s', async (_what, attack) => {
    const database = await fresh()
    const { say, rateOn } = await ratesBook(database)
    await say('2026-03-02,EUR,USD,1.08')
    await expect(attack.execute(database.kysely)).rejects.toThrow()
    expect(await rateOn('2026-03-02')).toBe('1.08')
  })
})
