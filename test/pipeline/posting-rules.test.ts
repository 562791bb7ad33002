/** Events without a posting rule are found before anything is landed, not by a batch that can never be processed. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { mappingPath } from '../../src/config/mappings.ts'
import { runNight } from '../../src/pipeline/night.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { nightMs } from './harness.ts'
import { balanceOf } from './reads.ts'
import { payments, scriptedBook } from './scripted-book.ts'

describeOnSqlite('posting rules', (fresh) => {
  it('that lack an event of a source in use stop the run before it lands anything', async () => {
    const { rig } = await scriptedBook(await fresh())
    const mappings = join(rig.folder, 'mappings')
    mkdirSync(mappings)
    const own = readFileSync(mappingPath('posting-rules.yaml'), 'utf8')
    writeFileSync(join(mappings, 'posting-rules.yaml'), own.replace(/^ +payout:.*\n/m, ''))
    const request = { config: { ...rig.config, mappings }, book: rig.book, env: rig.env, source: null }
    await expect(runNight(rig.environment(nightMs(1)), request)).rejects.toMatchObject({
      code: 'POSTING_RULE_MISSING',
      exitCode: 2,
      message: expect.stringMatching(/posting-rules\.yaml has no rule for the publisher kind payout\.$/),
    })
    expect(await rig.database.kysely.selectFrom('log_record').select('kind').execute()).toEqual([])
  })

  it("book an advertiser's bonus as credit that is still to be used", async () => {
    const { rig } = await scriptedBook(await fresh())
    await rig.importEvidence(nightMs(1), payments('2026-03-01,ads,bonus,10.00,USD,B-1,'))
    expect(await balanceOf(rig, '1300:ads')).toBe(1_000_000_000n)
    expect(await balanceOf(rig, '1320:ads')).toBe(-1_000_000_000n)
  })
})
