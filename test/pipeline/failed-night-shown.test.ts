/** A night that failed or read nothing is seen without any alerts: on /healthz and on the report. */
import { expect, it } from 'vitest'
import { loadMappings } from '../../src/config/mappings.ts'
import { TransientError } from '../../src/domain/errors.ts'
import { nightPage, type NightPage } from '../../src/pipeline/report/page.ts'
import { bookStatus } from '../../src/pipeline/status/book-status.ts'
import { healthOf, type Health } from '../../src/web/health.ts'
import { newSqliteUrl, opened } from '../support/databases.ts'
import { nightMs, type Rig } from './harness.ts'
import { payments, scriptedBook } from './scripted-book.ts'

/** After everything that the tests do. */
const NOW_MS = nightMs(20)

async function firstNight() {
  const book = await scriptedBook(await opened(newSqliteUrl()))
  expect(book.rig.config.alerts).toBeUndefined()
  await book.rig.importEvidence(nightMs(1), payments('2026-03-01,panel,opening-balance,100,USD,,'))
  book.vendors.balance = '100.00'
  await book.rig.night(nightMs(1))
  return book
}

async function page({ database, book, ...rig }: Rig): Promise<NightPage> {
  const request = { night: null, knownAtMs: null, nowMs: NOW_MS }
  return nightPage(database.kysely, await rig.bookRow(), book, loadMappings(), request)
}

async function health({ database, book, ...rig }: Rig, nowMs: number): Promise<Health> {
  return healthOf([await bookStatus(database.kysely, null, book, await rig.bookRow(), nowMs)], null, nowMs)
}

it('a night that failed after the newest page makes that page red, and the next one takes it away', async () => {
  const { rig } = await firstNight()
  expect((await page(rig)).reasons.map(({ row }) => row)).not.toContain('night-failed')
  const failing = (): never => {
    throw new TransientError('VENDOR_GONE', 'The vendor is gone.', 'Look at it.')
  }
  await expect(rig.night(nightMs(2), { progress: failing })).rejects.toMatchObject({ code: 'VENDOR_GONE' })
  expect(await page(rig)).toMatchObject({
    colour: 'red',
    reasons: expect.arrayContaining([
      {
        colour: 'red',
        row: 'night-failed',
        what: expect.stringMatching(/^run \d+ failed: The vendor is gone\. Look at it$/),
      },
    ]),
  })
  await rig.night(nightMs(2))
  expect((await page(rig)).reasons.map(({ row }) => row)).not.toContain('night-failed')
})

it('a night that read no source is not ok until one reads something', async () => {
  const { rig, vendors } = await firstNight()
  expect(await health(rig, nightMs(1))).toMatchObject({ status: 'ok' })
  for (const source of ['panel', 'publisher', 'advertiser'] as const) vendors.dead.add(source)
  await rig.night(nightMs(2))
  expect(await health(rig, nightMs(2))).toMatchObject({
    status: 'failing',
    reasons: [expect.stringMatching(/read nothing: .*panel.* could not be read$/)],
  })
  expect((await page(rig)).reasons.map(({ row }) => row)).toContain('source-unread')
  vendors.dead.clear()
  await rig.night(nightMs(2) + 60_000)
  expect(await health(rig, nightMs(2) + 60_000)).toMatchObject({ status: 'ok' })
})
