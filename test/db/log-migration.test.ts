/** What an older program landed is whole in the log, and chained when the first record follows it. */
import { expect, it } from 'vitest'
import { openDatabase } from '../../src/db/database.ts'
import { migrate } from '../../src/db/migrate.ts'
import { landBatch, logHead, readBatch, verifyLanding } from '../../src/evidence/landing.ts'
import { ensureBook } from '../../src/ledger/books.ts'
import { describeEmptyOnBothEngines } from '../support/both-engines.ts'
import { landOlder } from '../support/older-landing.ts'
import { olderMigrations } from '../support/older-migrations.ts'

const NEXT = {
  kind: 'settings',
  source: '',
  request: {},
  fetchedAtMs: 9,
  httpStatus: null,
  contentType: 'application/json',
  body: Buffer.from('{}'),
} as const

describeEmptyOnBothEngines('the landing of an older program', (freshUrl) => {
  it('is kept byte for byte, of two books apart, and chained by what comes after', async () => {
    const database = await openDatabase(await freshUrl())
    try {
      await migrate(database, 0, olderMigrations('0033'))
      const { kysely } = database
      const one = await ensureBook(kysely, { name: 'agency', currency: 'USD', timeZone: 'UTC' })
      const other = await ensureBook(kysely, { name: 'guest', currency: 'USD', timeZone: 'UTC' })
      await landOlder(kysely, one.id, 1, [
        { kind: 'settings', source: '', body: 'one' },
        { kind: 'panel-balance', source: 'panel', body: '' },
      ])
      await landOlder(kysely, other.id, 1, [{ kind: 'settings', source: '', body: 'x' }])
      await landOlder(kysely, one.id, 2, [{ kind: 'webhook', source: 'panel', body: 'two' }])
      await migrate(database, 40)
      const bodies = async (batch: number) =>
        (await readBatch(kysely, one.id, batch)).map(({ kind, body }) => [kind, body.toString('utf8')])
      const findings = async (): Promise<readonly string[]> => {
        const found: string[] = []
        for await (const { sentence } of verifyLanding(kysely, one.id)) found.push(sentence)
        return found
      }
      expect(await bodies(1)).toEqual([
        ['settings', 'one'],
        ['panel-balance', ''],
      ])
      expect(await bodies(2)).toEqual([['webhook', 'two']])
      expect(await logHead(kysely, one.id)).toEqual({ place: '2.1', hash: null })
      expect(await findings()).toEqual([])
      await landBatch(kysely, one.id, [NEXT])
      expect(await logHead(kysely, one.id)).toEqual({ place: '3.1', hash: expect.stringMatching(/^[0-9a-f]{64}$/) })
      expect(await findings()).toEqual([])
      expect(await logHead(kysely, other.id)).toEqual({ place: '1.1', hash: null })
      const unchained = await kysely.selectFrom('log_record').select('batch').where('hash', 'is', null).execute()
      expect(unchained).toHaveLength(1)
    } finally {
      await database.close()
    }
  })
})
