/**
 * Whatever a vendor answers and a person decides: what was posted is what the accepted readings moved by, resets and
 * payouts accounted for; the proofs agree; and a replay comes to the same chain.
 */
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { formatMoney } from '../../src/domain/money/money.ts'
import { counterMode } from '../../src/evidence/counter-payouts.ts'
import { isReturn } from '../../src/domain/counters/counter-payout.ts'
import { rollForward } from '../../src/reconcile/roll-forward.ts'
import { describeOnSqlite, type Fresh, newSqliteUrl, opened } from '../support/databases.ts'
import { expectReplays, play, type Play } from './counters-support.ts'
import { DAY_MS } from './harness.ts'
import { transactionsOf } from './reads.ts'
import { payments } from './scripted-book.ts'

/** Each story is a whole book with its nights; a failing one is printed and shrunk. */
const STORIES = { numRuns: 6 }

const WORDS = ['clawback', 'spike-ok', 'repost', 'payout', 'payout-returned', 'reset', 'other-account'] as const

type Step =
  | { readonly kind: 'read'; readonly traffic: number; readonly cents: number; readonly skip: number }
  | { readonly kind: 'bad' | 'reset' | 'reject' | 'payout' | 'returned' }
  /** The first word, beginning with this one, that fits what is held. */
  | { readonly kind: 'accept'; readonly first: number }
  | { readonly kind: 'mode'; readonly mode: 'unpaid' | 'lifetime' }

const STEP: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('read' as const),
      traffic: fc.oneof(fc.constant(0), fc.integer({ min: -2, max: 200 })),
      cents: fc.oneof(fc.integer({ min: -6000, max: 6000 }), fc.integer({ min: 1, max: 300 })),
      skip: fc.integer({ min: 1, max: 12 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('bad', 'reset', 'reject', 'payout', 'returned') }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('accept' as const),
      first: fc.nat(WORDS.length - 1),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('mode' as const), mode: fc.constantFrom('unpaid', 'lifetime') }),
  },
)

/** What the network shows, moved by the story. */
interface Network {
  impressions: number
  cents: number
  night: number
  payouts: number
}

async function take(book: Play, network: Network, step: Step): Promise<void> {
  const read = (skip: number): Promise<unknown> => {
    network.night += skip
    return book.read(network.impressions, network.impressions, (network.cents / 100).toFixed(2), network.night)
  }
  switch (step.kind) {
    case 'read':
      network.impressions = Math.max(0, network.impressions + step.traffic)
      network.cents = Math.max(0, network.cents + step.cents)
      return void (await read(step.skip))
    case 'bad': {
      const kept = network.cents
      network.cents = -100
      await read(1)
      network.cents = kept
      return
    }
    case 'reset':
      network.impressions = 0
      network.cents = 0
      return void (await read(1))
    case 'payout': {
      network.payouts += 1
      network.cents = Math.max(0, network.cents - 5000)
      const day = new Date(book.later(0) - 3_600_000).toISOString().slice(0, 10)
      const row = `${day},pub,payout,50.00,USD,PP-${network.payouts},`
      return void (await book.rig.importEvidence(book.later(2), payments(row)))
    }
    case 'returned': {
      if (network.payouts === 0) return
      network.cents += 5000
      const day = new Date(book.later(0) - 3_600_000).toISOString().slice(0, 10)
      const row = `${day},pub,payout-returned,50.00,USD,PP-${network.payouts},`
      return void (await book.rig.importEvidence(book.later(3), payments(row)))
    }
    case 'reject':
      return void (await isTaken(book.reject()))
    case 'accept':
      return acceptFitting(book, step.first)
    case 'mode':
      return void (await isTaken(book.mode(step.mode)))
  }
}

async function acceptFitting(book: Play, first: number): Promise<void> {
  for (const word of [...WORDS.slice(first), ...WORDS.slice(0, first)]) {
    if (await isTaken(book.accept(word))) return
  }
}

/** A word that does not fit, or about nothing, is refused with a sentence and changes nothing; a bug is not. */
async function isTaken(decision: Promise<unknown>): Promise<boolean> {
  try {
    await decision
    return true
  } catch (error) {
    const isRefusal = error instanceof Error && 'exitCode' in error && error.exitCode === 2
    if (isRefusal || (error instanceof Error && error.message === 'no reading is held')) return false
    throw error
  }
}

async function expectBooked(book: Play): Promise<void> {
  const { kysely } = book.rig.database
  const { id } = await book.rig.bookRow()
  const source = await kysely.selectFrom('source').select('id').where('name', '=', 'pub').executeTakeFirstOrThrow()
  const first = await kysely
    .selectFrom('counter_reading')
    .select(['amount', 'observed_at_ms'])
    .where('source', '=', source.id)
    .orderBy('batch')
    .limit(1)
    .executeTakeFirst()
  if (first === undefined) return
  const rows = await transactionsOf(book.rig, 'pub')
  const posted = rows
    .filter(({ object }) => object === 'counter:earnings')
    .reduce((sum, { kind, amount }) => sum + (kind === 'earn' ? amount : -amount), 0n)
  const judged = await book.judged()
  const changes = judged
    .filter(({ status, rule }) => (status === 'booked' || status === 'accepted') && rule !== null)
    .reduce((sum, { change }) => sum + change, 0n)
  expect(formatMoney(posted)).toBe(formatMoney(changes))
  const jumps = judged.filter(({ status }) => status === 'accepted').reduce((sum, { jump }) => sum + jump, 0n)
  const shown = await kysely
    .selectFrom('counter_payout')
    .select(['payout', 'amount'])
    .where('shown_batch', 'is not', null)
    .execute()
  const payouts = shown.reduce((sum, { payout, amount }) => sum + (isReturn(payout) ? -amount : amount), 0n)
  // What the proof leaves open is just what the last reading shows beyond that, and payouts an unpaid balance lacks.
  const last = judged.find(({ status }) => status !== 'rejected')
  // One of a day that had ended when counting began explains no fall: what is shown lacks it from the first reading on.
  const began = new Date(Number(first.observed_at_ms) - DAY_MS).toISOString().slice(0, 10)
  const isUnpaid = (await counterMode(kysely, id, source.id)) === 'unpaid'
  const unshown = await kysely.selectFrom('counter_payout').selectAll().where('shown_batch', 'is', null).execute()
  const lacking = isUnpaid ? unshown.filter(({ payout, paid_on: date }) => !isReturn(payout) && date > began) : []
  const missing = await unshownReturns(book, id)
  const left = lacking.reduce((sum, { amount }) => sum + amount, 0n) - missing
  const open = (last?.reading.amount ?? 0n) - first.amount - jumps + payouts + left - posted
  const account = {
    source: 'pub',
    sourceId: source.id,
    kind: 'publisher' as const,
    account: '1100:pub',
    currency: 'USD',
  }
  const proof = await rollForward(kysely, id, account)
  expect(formatMoney(proof.difference ?? -1n)).toBe(formatMoney(open))
}

/** What came back and an unpaid balance has not shown again. */
async function unshownReturns(book: Play, id: bigint): Promise<bigint> {
  const { kysely } = book.rig.database
  const { id: source } = await kysely
    .selectFrom('source')
    .select('id')
    .where('name', '=', 'pub')
    .executeTakeFirstOrThrow()
  if ((await counterMode(kysely, id, source)) !== 'unpaid') return 0n
  const rows = await kysely
    .selectFrom('counter_payout')
    .select(['payout', 'amount'])
    .where('shown_batch', 'is', null)
    .execute()
  return rows.filter(({ payout }) => isReturn(payout)).reduce((sum, { amount }) => sum + amount, 0n)
}

function stories(fresh: Fresh) {
  return fc.asyncProperty(fc.array(STEP, { minLength: 5, maxLength: 16 }), async (steps) => {
    const book = await play(await fresh(), { publisherMore: "reviewAbove: '25.00'" })
    const network: Network = { impressions: 1000, cents: 20_000, night: 1, payouts: 0 }
    await book.read(1000, 1000, '200.00', 1)
    for (const step of steps) await take(book, network, step)
    await expectBooked(book)
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })
}

describeOnSqlite('any story of a counter', (fresh) => {
  it('posts just what its accepted readings moved by', { timeout: 120_000 }, async () => {
    await fc.assert(stories(fresh), STORIES)
  })
})
