/** What a delivery reads follows what is new, not what was ever delivered: counted in statements and rows, not in time. */
import { expect, it } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { deliverTarget } from '../../src/pipeline/delivery/deliver-target.ts'
import { exceptionLandings } from '../../src/pipeline/delivery/exceptions.ts'
import { handedOutTo, rememberFiles } from '../../src/targets/files/handed-out.ts'
import { enqueueSealed } from '../../src/targets/outbox/enqueue.ts'
import { advanceJournals } from '../../src/targets/outbox/journal-status.ts'
import { retryDocument } from '../../src/targets/outbox/retry.ts'
import { outboxOf, type Work } from '../../src/targets/outbox/work.ts'
import { approve, post } from '../journals/support.ts'
import { counted, type Cost } from '../support/counted-rows.ts'
import { describeOnSqlite, type Fresh } from '../support/databases.ts'
import { bench, pass, states, type Bench } from './support.ts'

const DAY_MS = 86_400_000
const FEW = 4
const MANY = 24

/** So many days delivered and read back, of which as many files were handed out to another system. */
async function delivered(database: Database, days: number): Promise<Bench> {
  const made = await bench(database, days)
  // The second night still lists what was written shortly before the first one looked.
  for (let nights = 0; nights < 2; nights += 1) {
    await deliverTarget(made.work, { limit: null, drift: 'changes' })
    made.clock.ms += DAY_MS
  }
  await advanceJournals(database.kysely, made.book, [made.work])
  const documents = (await states(made.work)).split(' ').map((_, day) => documentOf(day + 1))
  const file = { format: 'quickbooks-csv', path: '/tmp/old.csv', sha256: 'ab'.repeat(32), documents }
  await rememberFiles(database.kysely, made.book, [file], { by: 'ann', atMs: 1 })
  return made
}

function documentOf(day: number): string {
  return `ACMEADS-202611${String(day).padStart(2, '0')}-1`
}

async function sealAnother({ database, book }: Bench): Promise<void> {
  await post(database, book, [['panel', 'charge', 'netpanel', '3.25', '2026-12-01']])
  await approve(database, book)
}

async function costOf(made: Bench, work: (work: Work) => Promise<void>): Promise<Cost> {
  const { kysely, cost } = counted(made.database.kysely)
  await work({ ...made.work, kysely, handedOut: handedOutTo(made.book, 'quickbooks') })
  return cost()
}

/** One step over a short past and over a long one. */
async function compare(fresh: Fresh, prepare: (made: Bench) => Promise<void>, work: (work: Work) => Promise<void>) {
  const costs: Cost[] = []
  for (const days of [FEW, MANY]) {
    const made = await delivered(await fresh(), days)
    await prepare(made)
    costs.push(await costOf(made, work))
  }
  return costs
}

async function night(work: Work): Promise<void> {
  const { learnt, created } = await deliverTarget(work, { limit: null, drift: 'changes' })
  expect(created).toHaveLength(1)
  await advanceJournals(work.kysely, work.book, [work])
  expect(await exceptionLandings(work.kysely, outboxOf(work), learnt, 1)).toEqual([])
}

describeOnSqlite('a delivery after a long past', (fresh) => {
  it('reads what is new, and nothing of what was delivered before', async () => {
    const [few, many] = await compare(fresh, sealAnother, night)
    expect(many).toEqual(few)
  })

  it('reads nothing of the past either when there is nothing new', async () => {
    const [few, many] = await compare(
      fresh,
      () => Promise.resolve(),
      async (work) => {
        await deliverTarget(work, { limit: null, drift: 'changes' })
      },
    )
    expect(many).toEqual(few)
    expect(many?.rows).toBeLessThan(10)
  })

  it('fills the outbox within an approval by what was sealed in it', async () => {
    const [few, many] = await compare(fresh, sealAnother, async (work) => {
      const { documents } = await work.kysely.transaction().execute((trx) => enqueueSealed(trx, work, 1))
      expect(documents).toEqual(['ACMEADS-20261201-1'])
    })
    expect(many).toEqual(few)
  })

  it('tries one journal again by reading that one', async () => {
    const [few, many] = await compare(
      fresh,
      ({ service }) => {
        service.entries.splice(1, 1)
        return Promise.resolve()
      },
      async (work) => {
        const document = documentOf(2)
        expect(await retryDocument(work, { document, by: 'ann' })).toEqual([document])
      },
    )
    expect(many).toEqual(few)
  })

  it('claims, looks up and asks about a chunk of rows at once', async () => {
    const costs: Cost[] = []
    for (const days of [1, 11]) {
      const made = await bench(await fresh(), days)
      const { kysely, cost } = counted(made.database.kysely)
      await enqueueAll(made)
      await pass({ ...made.work, kysely })
      costs.push(cost())
    }
    const [one, eleven] = costs
    // What each row has to itself: before its request the claim, the key and a record of the log; after it the state, its line
    // of history, the row and another record. A record is where the log ends, itself, its body, and how far is processed.
    expect((eleven?.statements ?? 0) - (one?.statements ?? 0)).toBe(10 * 15)
  })
})

async function enqueueAll({ work }: Bench): Promise<void> {
  await work.kysely.transaction().execute((trx) => enqueueSealed(trx, work, 1))
}
