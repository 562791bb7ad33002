/** Errors on the way into an accounting system: hands in its books, a closed period, a lost answer, accounts that are gone. */
import { copyFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { openDatabase, type Database } from '../../src/db/database.ts'
import { knownCompany, saveCompany } from '../../src/targets/mapping/company-store.ts'
import { run } from '../cli/support.ts'
import { deliverNight } from '../delivery/delivered-book.ts'
import { bookOf, emulators, ENV, prepare } from '../delivery/emulated-book.ts'
import { bench, type Bench } from '../delivery/support.ts'
import { approve, post } from '../journals/support.ts'
import type { Planted, PlantedWorld } from './planted.ts'

const DAY_MS = 86_400_000

/** Three delivered journals that hands have been on, one for a closed day, and one whose answer is lost. */
async function handsAndLosses(database: Database): Promise<Planted> {
  const made = await bench(database, 3)
  const { service, clock } = made
  await deliverNight(made)
  const saved = structuredClone(service.entries)
  clock.ms += DAY_MS
  const [edited, deleted, copied] = service.entries
  if (edited === undefined || deleted === undefined || copied === undefined) throw new Error('three are there')
  edited.text = edited.text.replaceAll('125000000', '130000000')
  deleted.status = 'voided'
  for (const each of [edited, deleted]) each.changedMs = clock.ms
  service.entries.push({ ...copied, id: '99', changedMs: clock.ms })
  await nextNight(made, 'all')
  service.closedThrough = '2026-11-04'
  await sealed(made, '2026-11-04', '4.25')
  await sealed(made, '2026-11-05', '5.25')
  let isSent = false
  service.onRequest = (path) => {
    if (path !== '/entries' && !isSent) return
    service.plan.splice(0, service.plan.length, isSent ? 'offline' : 'drop-before')
    isSent = true
  }
  await nextNight(made)
  return {
    database,
    rig: null,
    mend: async () => {
      service.onRequest = () => undefined
      service.plan.length = 0
      service.closedThrough = null
      service.entries.splice(0, service.entries.length, ...saved)
      await nextNight(made)
      await nextNight(made)
    },
  }
}

async function nextNight(made: Bench, drift: 'all' | 'changes' = 'changes'): Promise<void> {
  made.clock.ms += DAY_MS
  await deliverNight(made, drift)
}

async function sealed({ database, book }: Bench, date: string, amount: string): Promise<void> {
  await post(database, book, [['panel', 'charge', 'netpanel', amount, date]])
  await approve(database, book)
}

/** QuickBooks: one account is no longer in the company as it was last pulled, another was deactivated since. */
async function accountsGone(): Promise<Planted> {
  const { copy } = await prepare('sqlite', 1)
  const { configPath, talk } = await emulators()
  const path = join(dirname(configPath), 'tieout.db')
  copyFileSync((await copy()).replace('sqlite:', ''), path)
  const database = await openDatabase(`sqlite:${path}`)
  onTestFinished(() => database.close())
  const type = (...argv: string[]) => run(['--config', configPath, ...argv, '--target', 'quickbooks'], { env: ENV })
  await type('deliver')
  const [company] = talk.server.targets.quickbooks.companies.values()
  const cost = company?.accounts.find(({ name }) => name === 'SMM services cost')
  if (cost === undefined) throw new Error('the account is in the chart')
  Object.assign(cost, { active: false })
  const book = await bookOf(database)
  await post(database, book, [['panel', 'charge', 'netpanel', '7.00', '2026-11-06']])
  await approve(database, book)
  await type('deliver')
  await post(database, book, [['publisher', 'earn', 'pub', '5.00', '2026-11-07']])
  await approve(database, book)
  const key = { book: book.id, target: 'quickbooks' }
  const known = await knownCompany(database.kysely, key)
  if (known === null) throw new Error('the company was pulled')
  const accounts = known.company.accounts.filter(({ name }) => name !== 'Ad revenue - publisher')
  await saveCompany(database.kysely, key, { ...known.company, accounts }, { by: 'ann', nowMs: 1 })
  await type('deliver')
  return {
    database,
    rig: null,
    mend: async () => {
      Object.assign(cost, { active: true })
      await type('mappings', 'pull', '--by', 'ann')
      await type('mappings', 'accept', '--by', 'ann')
      await type('deliver', '--retry', 'ACMEADS-20261106-1', '--by', 'ann')
    },
  }
}

export const DELIVERY_WORLDS: readonly PlantedWorld[] = [
  {
    name: 'journals in an accounting system',
    plant: handsAndLosses,
    found: [
      'books REQUEST_UNCERTAIN journal:ACMEADS-20261105-1 5.25 USD: target',
      'books DELIVERY_FAILED journal:ACMEADS-20261104-1 4.25 USD: target',
      'books TARGET_CHANGED journal:ACMEADS-20261102-1:deleted 2.25 USD: target',
      'books DELIVERY_FAILED target unknown: target',
      'books TARGET_CHANGED journal:ACMEADS-20261103-1:copied 3.25 USD: target',
      'books TARGET_CHANGED journal:ACMEADS-20261101-1:edited 1.25 USD: target',
    ],
    left: [],
  },
]

export const QUICKBOOKS_WORLD: PlantedWorld = {
  name: 'accounts of QuickBooks',
  plant: accountsGone,
  found: [
    'quickbooks DELIVERY_FAILED journal:ACMEADS-20261106-1 7.00 USD: target',
    'quickbooks UNMAPPED journal:ACMEADS-20261107-1 5.00 USD: target',
  ],
  left: [],
}
