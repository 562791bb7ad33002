/** Campaigns whose outcome nobody knows: found after a crash, an exception until a person speaks, never sent again. */
import { expect, it } from 'vitest'
import { openDatabase } from '../../src/db/database.ts'
import { listCampaigns } from '../../src/evidence/campaigns.ts'
import { withBookRun } from '../../src/pipeline/book-run.ts'
import { createCampaign, resolveCampaign } from '../../src/pipeline/panel-writes/campaign.ts'
import { campaignLanding } from '../../src/pipeline/panel-writes/close-campaigns.ts'
import { textLanding } from '../../src/pipeline/panel-writes/write-landing.ts'
import { replayBook } from '../../src/pipeline/replay.ts'
import { landAndProcess } from '../../src/pipeline/run-context.ts'
import { describeOnSqlite, newSqliteUrl } from '../support/databases.ts'
import { nightMs, type Rig } from './harness.ts'
import { exceptionsOf, openCodes } from './reads.ts'
import { scriptedBook } from './scripted-book.ts'

const CAMPAIGN = { name: 'Summer', budget: '500.00', targetUrl: 'https://example.com/sale' }

/** What a process leaves behind that was killed between sending and the answer. */
async function dieAfterSending(rig: Rig): Promise<void> {
  const dead = withBookRun(rig.environment(nightMs(1) - 1), rig, 'campaign', { source: 'ads' }, async (run) => {
    const intent = campaignLanding(run, 'ads', { phase: 'intent', ref: '17', campaign: CAMPAIGN })
    await landAndProcess(run, 'campaign', [textLanding(intent, 'about to be sent')])
    throw new Error('killed')
  })
  await expect(dead).rejects.toThrow('killed')
}

async function campaignsOf(rig: Rig) {
  const { kysely } = rig.database
  const { id } = await kysely.selectFrom('source').select('id').where('name', '=', 'ads').executeTakeFirstOrThrow()
  return listCampaigns(kysely, (await rig.bookRow()).id, id)
}

describeOnSqlite('a campaign sent by a run that died', (fresh) => {
  it('is unknown after the next night, an exception of its budget, and refused again', async () => {
    const { rig } = await scriptedBook(await fresh())
    await dieAfterSending(rig)
    expect(await campaignsOf(rig)).toMatchObject([{ ref: '17', state: 'sent' }])
    await rig.night(nightMs(1))
    expect(await campaignsOf(rig)).toMatchObject([{ ref: '17', state: 'unknown', budget: 50_000_000_000n }])
    expect(rig.warnings.join('\n')).toContain('ads: campaign 17 ("Summer", budget 500.00) was sent by a run that died')
    const raised = (await exceptionsOf(rig)).find(({ code }) => code === 'REQUEST_UNCERTAIN')
    expect(raised).toMatchObject({ source: 'ads', object: 'campaign:17', amount: -50_000_000_000n, currency: 'USD' })
    const request = { ...rig, source: 'ads' }
    await expect(createCampaign(rig.environment(nightMs(1)), request, CAMPAIGN)).rejects.toMatchObject({
      code: 'CAMPAIGN_UNKNOWN',
    })
    rig.warnings.length = 0
    await rig.night(nightMs(2))
    expect(rig.warnings.filter((warning) => warning.includes('campaign'))).toEqual([])
  })

  it('is settled by the word of a person, at once after the crash too, and a replay says the same', async () => {
    const { rig } = await scriptedBook(await fresh())
    await dieAfterSending(rig)
    const word = { ref: '17', campaignId: '982734A', by: 'Ana', why: 'it is in the account' }
    const resolved = await resolveCampaign(rig.environment(nightMs(1)), { ...rig, source: 'ads' }, word)
    expect(resolved).toMatchObject({ state: 'created', campaignId: '982734A' })
    expect(resolved.detail).toContain('before an answer was kept; Ana says: created as 982734A (it is in the account)')
    expect(await openCodes(rig)).toEqual([])
    expect((await exceptionsOf(rig, 'closed')).map(({ object }) => object)).toEqual(['campaign:17'])
    const into = await openDatabase(newSqliteUrl())
    const book = await rig.bookRow()
    const options = { nowMs: 0, signal: new AbortController().signal, onBatch: () => undefined }
    const identity = { name: book.name, currency: 'USD', timeZone: 'UTC' }
    await replayBook({ kysely: rig.database.kysely, book }, into, identity, options)
    const replayed = await into.kysely.selectFrom('campaign').select(['state', 'detail']).execute()
    expect(replayed).toEqual([{ state: 'created', detail: resolved.detail }])
    await into.close()
  })
})
