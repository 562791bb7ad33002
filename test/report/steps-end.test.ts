/**
 * Every command that opens a run closes its steps, so that the next report tells nobody of a step that did not finish. What
 * was killed half-way stays visible, and a source that could not be read is not done however its run ended.
 */
import { expect, it } from 'vitest'
import { loadMappings } from '../../src/config/mappings.ts'
import type { Database } from '../../src/db/database.ts'
import { withBookRun } from '../../src/pipeline/book-run.ts'
import { runHooksPass } from '../../src/pipeline/hooks-pass.ts'
import { tagOrderIds } from '../../src/pipeline/imports.ts'
import { resolveCampaign } from '../../src/pipeline/panel-writes/campaign.ts'
import { resolveUnknown } from '../../src/pipeline/panel-writes/resolve.ts'
import { nightPage, type NightPage } from '../../src/pipeline/report/page.ts'
import { proofWords, walletSentence } from '../../src/pipeline/report/words.ts'
import { startRun, type RunKind } from '../../src/pipeline/runs.ts'
import { landAndProcess } from '../../src/pipeline/run-context.ts'
import { decide, numberOf, resolve } from '../exceptions/support.ts'
import { HOUR_MS, nightMs, type Rig } from '../pipeline/harness.ts'
import { play } from '../pipeline/counters-support.ts'
import { history, payments, scriptedBook, stats, type ScriptedBook } from '../pipeline/scripted-book.ts'
import { moneyBook } from '../reconcile/money-book.ts'
import { describeOnSqlite } from '../support/databases.ts'

/** After everything that the tests do. */
const NOW_MS = nightMs(20)

const requestOf = ({ config, book, env }: Rig) => ({ config, book, env })

const WORD = { ref: '99', by: 'Ada', why: 'a slip of the pen' }

function resolveNoOrder(rig: Rig): Promise<unknown> {
  const request = { ...requestOf(rig), source: 'panel' }
  return resolveUnknown(rig.environment(nightMs(1) + HOUR_MS), request, { ...WORD, orderId: null })
}

function resolveNoCampaign(rig: Rig): Promise<unknown> {
  const request = { ...requestOf(rig), source: 'ads' }
  return resolveCampaign(rig.environment(nightMs(1) + HOUR_MS), request, { ...WORD, campaignId: null })
}

async function pageOf(rig: Rig): Promise<NightPage> {
  const { kysely } = rig.database
  return nightPage(kysely, await rig.bookRow(), rig.book, loadMappings(), {
    night: null,
    knownAtMs: null,
    nowMs: NOW_MS,
  })
}

/** "decision decide:pub" for every step of a run that is over and that nobody closed. */
async function leftOpen({ database: { kysely } }: Rig): Promise<readonly string[]> {
  const rows = await kysely
    .selectFrom('run')
    .innerJoin('run_step as step', (join) => join.onRef('step.book', '=', 'run.book').onRef('step.run', '=', 'run.id'))
    .select(['run.kind', 'step.step'])
    .where('run.status', '!=', 'running')
    .where('step.status', '=', 'running')
    .execute()
  return rows.map(({ kind, step }) => `${kind} ${step}`)
}

/** Night 1 with one open exception of the panel, and a night without an answer from the advertiser. */
async function startedBook(database: Database): Promise<ScriptedBook> {
  const book = await scriptedBook(database)
  await book.rig.importEvidence(nightMs(0) - HOUR_MS, payments('2026-02-28,panel,opening-balance,100.00,USD,,'))
  book.vendors.balance = '97.00000'
  await book.rig.night(nightMs(0))
  await book.rig.night(nightMs(1))
  return book
}

/** What a person does between two nights; the second night then comes. */
const COMMANDS: Readonly<Record<string, (book: ScriptedBook) => Promise<unknown>>> = {
  'decide assign': async ({ rig }) => {
    const number = await numberOf(rig, 'WALLET_DIFFERS')
    return decide(rig, nightMs(1) + HOUR_MS, number, { decide: 'assign', to: 'Ben', by: 'Ada', why: 'his panel' })
  },
  'decide write-off': ({ rig }) => resolve(rig, 1, 'WALLET_DIFFERS', 'write-off'),
  'evidence import': ({ rig }) =>
    rig.importEvidence(nightMs(1) + HOUR_MS, payments('2026-03-01,panel,top-up,5.00,USD,t-1,')),
  'orders import': ({ rig }) =>
    rig.importOrders(
      nightMs(1) + HOUR_MS,
      'panel',
      history('7,2026-03-01 10:00,https://x.example,1.00,0,10,1,Pending,10'),
    ),
  'orders add': ({ rig }) => rig.addOrders(nightMs(1) + HOUR_MS, 'panel', ['7']),
  'orders tag': ({ rig }) =>
    tagOrderIds(rig.environment(nightMs(1) + HOUR_MS), requestOf(rig), 'panel', {
      client: 'acme',
      ids: ['7'],
      by: 'Ada',
    }),
  'webhooks take': ({ rig }) => runHooksPass(rig.environment(nightMs(1) + HOUR_MS), requestOf(rig)),
  'sync --backfill': ({ rig }) => rig.backfill(nightMs(1) + HOUR_MS, '2026-03-01', '2026-03-01'),
}

/** One of each kind: a step that is one batch and says nothing of its end. */
const KINDS: Readonly<Record<RunKind, true>> = {
  sync: true,
  backfill: true,
  import: true,
  decision: true,
  hooks: true,
  'panel-add': true,
  'panel-resolve': true,
  'panel-request': true,
  campaign: true,
  delivery: true,
  reconcile: true,
}

describeOnSqlite('the steps of a command', (fresh) => {
  it.each(Object.entries(COMMANDS))('%s leaves none open for the next report', async (_name, command) => {
    const book = await startedBook(await fresh())
    await command(book)
    expect(await leftOpen(book.rig)).toEqual([])
    await book.rig.night(nightMs(2))
    const page = await pageOf(book.rig)
    expect(page.completeness.steps.filter(({ finished }) => !finished)).toEqual([])
    expect(page.reasons.map(({ what }) => what).filter((what) => what.includes('did not finish'))).toEqual([])
  })

  it('a word about a counter and payelancer readings leave none open', async () => {
    const book = await play(await fresh(), { publisherMore: 'counterMode: lifetime' })
    await book.read(1, '100.00')
    await book.read(2, '40.00', 1200)
    await book.answer('wrong')
    expect(await leftOpen(book.rig)).toEqual([])
  })

  it('statements import, reconcile run, ignore and match leave none open', async () => {
    const book = await moneyBook(await fresh())
    await book.bank('bank', '2026-03-05,SOMETHING,12.00', '2026-03-06,ELSE,13.00')
    await book.reconcile()
    await book.decide({ decide: 'ignore', line: 1 })
    expect(await leftOpen(book.rig)).toEqual([])
  })

  it('what one person may not do alone is refused, and its run is over', async () => {
    const { rig } = await startedBook(await fresh())
    const refused = decide(rig, nightMs(1) + HOUR_MS, 999, { decide: 'assign', to: 'Ben', by: 'Ada', why: 'x' })
    await expect(refused).rejects.toMatchObject({ code: 'EXCEPTION_UNKNOWN' })
    expect(await leftOpen(rig)).toEqual([])
  })

  it.each<readonly [string, (book: ScriptedBook) => Promise<unknown>, code: string]>([
    ['panel unknown resolve of an order nobody placed', ({ rig }) => resolveNoOrder(rig), 'ORDER_NOT_UNKNOWN'],
    ['campaigns resolve of none', ({ rig }) => resolveNoCampaign(rig), 'CAMPAIGN_NOT_UNKNOWN'],
  ])('%s is refused, and no night speaks of it', async (_name, command, code) => {
    const book = await startedBook(await fresh())
    await expect(command(book)).rejects.toMatchObject({ code })
    for (const night of [2, 3]) {
      await book.rig.night(nightMs(night))
      expect((await pageOf(book.rig)).completeness.interrupted).toEqual([])
    }
  })

  it.each(Object.keys(KINDS) as readonly RunKind[])('a run of the kind %s closes what it wrote', async (kind) => {
    const { rig } = await scriptedBook(await fresh())
    await withBookRun(rig.environment(nightMs(1)), requestOf(rig), kind, { x: '1' }, async (context) => {
      await landAndProcess(context, 'one-batch', [
        {
          kind: 'order-ids',
          source: 'panel',
          request: {},
          fetchedAtMs: nightMs(1),
          httpStatus: null,
          contentType: 'application/json',
          body: Buffer.from('["7"]'),
        },
      ])
    })
    expect(await leftOpen(rig)).toEqual([])
  })

  it('a source that could not be read keeps its step open, and the night is red for it', async () => {
    const { rig, vendors } = await startedBook(await fresh())
    vendors.dead.add('panel')
    vendors.publisher = stats('advertiser', 1, 1, '1.00')
    await rig.night(nightMs(2))
    expect((await leftOpen(rig)).toSorted()).toEqual(['sync poll:panel', 'sync stats:pub'])
    expect((await pageOf(rig)).reasons.map(({ what }) => what)).toEqual(
      expect.arrayContaining(['step poll:panel did not finish', 'step stats:pub did not finish']),
    )
  })

  it('a balance of an earlier night is shown as one, in the control totals and in the forecast', async () => {
    const { rig, vendors } = await startedBook(await fresh())
    const words = async () => {
      const page = await pageOf(rig)
      const wallet = page.controls.find(({ account }) => account === '1310:panel')
      const forecast = page.forecast.wallets.find(({ account }) => account === '1310:panel')
      if (wallet === undefined || forecast === undefined) throw new Error('the wallet is on the page')
      return [proofWords(wallet, page), walletSentence(forecast, page)]
    }
    expect(await words()).toEqual(['balance', 'panel: 100.00 USD, no spending in the last 2 days'])
    vendors.dead.add('panel')
    await rig.night(nightMs(2))
    expect(await words()).toEqual([
      'balance (not read tonight)',
      'panel: 100.00 USD (not read tonight), no spending in the last 3 days',
    ])
  })

  it.each([
    ['{"error":"Invalid API key"}', 200],
    ['<html>come back later</html>', 200],
    ['{"balance":"1.00","currency":"EUR"}', 200],
  ])('a panel whose balance answer is %s with %i was not read', async (balance, status) => {
    const { rig, vendors } = await startedBook(await fresh())
    vendors.balanceInstead = { status, body: balance }
    await rig.night(nightMs(2))
    expect(await leftOpen(rig)).toEqual(['sync poll:panel'])
  })

  it('an order that was being sent is on the report of its night alone, since an exception follows it up', async () => {
    const { rig } = await startedBook(await fresh())
    const { id } = await rig.bookRow()
    await startRun(rig.database.kysely, id, 'panel-add', { attempt: 'x' }, nightMs(1) + HOUR_MS)
    const interrupted = async (night: number) => {
      await rig.night(nightMs(night))
      return (await pageOf(rig)).completeness.interrupted
    }
    expect(await interrupted(2)).toEqual([{ run: 4, kind: 'panel-add' }])
    expect(await interrupted(3)).toEqual([])
  })

  it('a command that was killed stays on the report until it is run again', async () => {
    const { rig } = await startedBook(await fresh())
    const { id } = await rig.bookRow()
    const { kysely } = rig.database
    await startRun(kysely, id, 'import', { file: 'half.csv' }, nightMs(1) + HOUR_MS)
    await rig.night(nightMs(2))
    expect((await pageOf(rig)).reasons.map(({ what }) => what)).toContain(
      'run 4 (import) was interrupted; run the same command again, or see tieout runs show 4',
    )
    await rig.importEvidence(nightMs(2) + HOUR_MS, payments('2026-03-01,panel,top-up,5.00,USD,t-1,'))
    await rig.night(nightMs(3))
    expect((await pageOf(rig)).reasons.map(({ what }) => what).join('\n')).not.toContain('interrupted')
  })
})
