/** A log that somebody got at behind its guards is neither read nor copied: what is wrong is said. */
import { expect, it } from 'vitest'
import { copyBatch, landBatch, readBatch, type NewLanding } from '../../src/log/landing.ts'
import { describeOnBothEngines } from '../support/both-engines.ts'
import { newBook } from '../support/ledger.ts'
import { dropTriggers } from '../support/unguarded.ts'

const ITEM: NewLanding = {
  kind: 'webhook',
  source: 'panel',
  request: {},
  fetchedAtMs: 7,
  httpStatus: null,
  contentType: 'text/plain',
  body: Buffer.from('x'),
}

describeOnBothEngines('a log with damage', (fresh) => {
  it.each(['log_body', 'log_record'] as const)(
    'is neither read nor copied where a row of %s is gone',
    async (table) => {
      const [database, into] = [await fresh(), await fresh()]
      const { kysely } = database
      const [from, to] = [await newBook(database), await newBook(into)]
      await landBatch(kysely, from.id, [ITEM, ITEM])
      for (const each of ['log_body', 'log_record']) await dropTriggers(kysely, each)
      await kysely.deleteFrom('log_body').where('item', '=', 1n).execute()
      if (table === 'log_record') await kysely.deleteFrom('log_record').where('item', '=', 1n).execute()
      else await expect(readBatch(kysely, from.id, 1)).rejects.toMatchObject({ code: 'LOG_BODY_MISSING' })
      const copying = copyBatch({ db: kysely, book: from.id }, { db: into.kysely, book: to.id }, 1)
      await expect(copying).rejects.toMatchObject({ code: 'LOG_GAP' })
      expect(await into.kysely.selectFrom('log_record').select('item').execute()).toEqual([])
    },
  )
})
