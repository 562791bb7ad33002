/** The life of three exceptions of different kinds, night by night: a difference of money, a source that is silent, and one that only informs. */
import { expect, it } from 'vitest'
import { policyOf, queueRow } from '../../src/cli/views/exception-queue.ts'
import { formatMoney } from '../../src/domain/money/money.ts'
import { listExceptions } from '../../src/reconcile/exceptions.ts'
import { HOUR_MS, nightMs, type Rig } from '../pipeline/harness.ts'
import { stats, type Vendors } from '../pipeline/scripted-book.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { decide, eventsOf, numberOf, PERSON, resolve, walletBook } from './support.ts'

/** "WALLET_DIFFERS -30.00 review payables due 03-05 age 0, first 03-03 last 03-03", in the order of their numbers. */
async function standing({ database, bookRow, book }: Rig, night: number): Promise<readonly string[]> {
  const nowMs = nightMs(night) + HOUR_MS
  const all = await listExceptions(database.kysely, (await bookRow()).id)
  return all
    .toSorted((a, b) => a.number - b.number)
    .map((each) => {
      const { severity, owner, dueOn, isOverdue, days } = queueRow(each, policyOf(book), nowMs)
      const money = each.amount === null ? '' : ` ${formatMoney(each.amount)}`
      const seen = `first ${dayOf(each.firstSeenMs)} last ${dayOf(each.lastSeenMs)}`
      if (severity === null) return `${each.code}${money} ${each.resolution ?? 'closed'}, ${seen}`
      const due = dueOn === null ? 'never due' : `${isOverdue ? 'late since' : 'due'} ${dueOn.slice(5)}`
      return `${each.code}${money} ${severity} ${owner} ${due} age ${days}, ${seen}`
    })
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(5, 10)
}

interface Step {
  /** 2 is the night to Tuesday the third of March. */
  readonly night: number
  readonly before?: (vendors: Vendors) => unknown
  readonly after?: (rig: Rig) => Promise<unknown>
  readonly expected: readonly string[]
}

/** Read again the next night. */
const PUBLISHER = 'SOURCE_FAILED closed, first 03-03 last 03-03'

const STEPS: readonly Step[] = [
  {
    night: 2,
    before: (vendors) => {
      vendors.balance = '69.00000'
      vendors.dead.add('advertiser').add('publisher')
    },
    expected: [
      'SOURCE_FAILED review operations due 03-04 age 0, first 03-03 last 03-03',
      'SOURCE_FAILED review operations due 03-04 age 0, first 03-03 last 03-03',
    ],
  },
  {
    night: 3,
    before: (vendors) => {
      vendors.balance = '39.00000'
      vendors.dead.delete('publisher')
      vendors.publisher = stats('publisher', 1100, 55, '164.00')
    },
    after: async (rig) => {
      const word = { decide: 'assign', to: 'Bea', ...PERSON } as const
      await decide(rig, nightMs(3) + HOUR_MS / 2, await numberOf(rig, 'WALLET_DIFFERS'), word)
    },
    expected: [
      PUBLISHER,
      'SOURCE_FAILED review operations due 03-04 age 1, first 03-03 last 03-04',
      'WALLET_DIFFERS -60.00 review Bea due 03-06 age 0, first 03-04 last 03-04',
    ],
  },
  {
    night: 11,
    expected: [
      PUBLISHER,
      'SOURCE_FAILED escalate operations late since 03-04 age 9, first 03-03 last 03-12',
      'WALLET_DIFFERS -60.00 escalate Bea late since 03-06 age 8, first 03-04 last 03-12',
    ],
  },
  {
    night: 12,
    before: (vendors) => {
      vendors.balance = '99.00000'
      vendors.dead.clear()
    },
    expected: [
      PUBLISHER,
      'SOURCE_FAILED closed, first 03-03 last 03-12',
      'WALLET_DIFFERS -60.00 closed, first 03-04 last 03-12',
    ],
  },
  {
    night: 50,
    before: (vendors) => {
      vendors.balance = '98.00000'
      vendors.dead.add('advertiser')
    },
    expected: [
      PUBLISHER,
      'SOURCE_FAILED review operations due 04-21 age 0, first 03-03 last 04-20',
      'WALLET_DIFFERS -1.00 info Bea due 04-22 age 0, first 03-04 last 04-20',
    ],
  },
  {
    night: 51,
    after: (rig) => resolve(rig, 51, 'WALLET_DIFFERS', 'write-off', { hours: 0.5 }),
    expected: [
      PUBLISHER,
      'SOURCE_FAILED review operations due 04-21 age 1, first 03-03 last 04-21',
      'WALLET_DIFFERS -1.00 write-off, first 03-04 last 04-21',
    ],
  },
  {
    night: 52,
    before: (vendors) => vendors.dead.clear(),
    expected: [
      PUBLISHER,
      'SOURCE_FAILED closed, first 03-03 last 04-21',
      'WALLET_DIFFERS -1.00 write-off, first 03-04 last 04-21',
    ],
  },
]

describeOnSqlite('an exception', (fresh) => {
  it('opens, changes, ages, is assigned, closes, opens again as a young one, and is resolved', async () => {
    const { rig, vendors } = await walletBook(await fresh(), ['1'])
    const told: (readonly string[])[] = []
    for (const { night, before, after } of STEPS) {
      before?.(vendors)
      await rig.night(nightMs(night))
      await after?.(rig)
      told.push(await standing(rig, night))
    }
    expect(told).toEqual(STEPS.map(({ expected }) => expected))
    expect(await Promise.all([2, 3].map((number) => eventsOf(rig, number)))).toEqual([
      ['opened', 'closed', 'reopened', 'closed'],
      ['opened', 'assigned', 'closed', 'reopened', 'resolved as write-off'],
    ])
  })
})
