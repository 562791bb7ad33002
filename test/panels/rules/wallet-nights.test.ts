/**
 * The ceilings of the rule-book over worlds of panels: what the books do not say of a wallet is measured here, and these
 * figures are the most it may come to.
 */
import { describe, expect, it } from 'vitest'
import { abs } from '../../../src/domain/money/money.ts'
import { bookThrough } from './book-of-world.ts'
import { makeWorld, NO_TROUBLE, type PanelWorld, type Troubles } from './panel-world.ts'

const SEEDS = Array.from({ length: 30 }, (_, at) => at + 1)

const TROUBLES: readonly (readonly [string, Partial<Troubles>])[] = [
  ['nothing wrong', {}],
  ['credits late', { lag: 2 }],
  ['credits never', { never: 0.1 }],
  ['debits by hand', { debits: 0.1 }],
  ['rounded to cents', { roundedTo: 2 }],
  ['listed weekly', { listedWeekly: 0.2 }],
  ['first seen finished', { firstSeenFinished: 0.2 }],
  ['reopened', { reopened: 0.2 }],
  ['top-ups unstated', { topUpsUnstated: 0.5 }],
  ['a busy wallet', { busy: 0.3 }],
  ['quantities unknown', { quantityUnknown: 0.5 }],
  [
    'everything at once',
    {
      lag: 2,
      never: 0.05,
      debits: 0.05,
      listedWeekly: 0.1,
      firstSeenFinished: 0.1,
      reopened: 0.1,
      roundedTo: 2,
      busy: 0.1,
    },
  ],
]

/** What the panel really still keeps of what was claimed. */
function trulyUnpaid(world: PanelWorld, claimed: bigint): bigint {
  const last = world.nights - 1
  const credited = world.orders
    .flatMap(({ credits }) => credits)
    .filter(({ night }) => night <= last)
    .reduce((sum, { amount }) => sum + amount, 0n)
  return claimed - credited
}

describe('a wallet whose orders, claims and movements are worked out anew', () => {
  it.each(TROUBLES)('shows the difference to the panel at each look: %s', (_, trouble) => {
    for (const seed of SEEDS.slice(0, 8)) {
      const world = makeWorld(seed, { ...NO_TROUBLE, ...trouble })
      for (const night of [0, 7, 20, world.nights - 1]) {
        const { outcome } = bookThrough(world, night)
        let wallet = outcome.opening
        for (const [at, each] of outcome.nights.entries()) {
          const stated = world.topUps
            .filter((topUp) => outcome.shown.get(`top-up:${topUp.night}`) === at)
            .reduce((sum, { amount }) => sum + amount, 0n)
          wallet += stated - each.charges + each.paid + each.rounding
        }
        expect(wallet + outcome.difference).toBe(world.balances[night])
      }
    }
  })
})

/** What the last night's books leave out of one world. */
function untoldOf(world: PanelWorld): bigint {
  const { outcome, claimed } = bookThrough(world, world.nights - 1)
  const rounded = outcome.nights.reduce((sum, { shortfall, heldClaims }) => sum + shortfall + heldClaims, 0n)
  const gap = trulyUnpaid(world, claimed) - outcome.owed - rounded - (world.widths.at(-1) ?? 0n)
  return gap > 0n ? gap : 0n
}

/** What the last nights' books leave out, of all worlds of one kind together. */
function measure(trouble: Partial<Troubles>): {
  readonly claimed: bigint
  readonly untold: bigint
  readonly withItem: number
} {
  let [claimed, untold, withItem] = [0n, 0n, 0]
  for (const seed of SEEDS) {
    const world = makeWorld(seed, { ...NO_TROUBLE, ...trouble })
    const book = bookThrough(world, world.nights - 1)
    const { overdue, difference } = book.outcome
    const width = world.widths.at(-1) ?? 0n
    claimed += book.claimed
    untold += untoldOf(world)
    if (abs(overdue) > width || abs(difference) > width) withItem += 1
  }
  return { claimed, untold, withItem }
}

describe('claims that are unpaid and told nowhere', () => {
  it('are at most 0.05 % of all claims where no credit is unstated', () => {
    const measured = TROUBLES.map(([, trouble]) => measure(trouble))
    const claimed = measured.reduce((sum, each) => sum + each.claimed, 0n)
    const untold = measured.reduce((sum, each) => sum + each.untold, 0n)
    expect(Number(untold) / Number(claimed)).toBeLessThan(0.0005)
  })

  it('are at most the credits nobody stated, where there are any: a sum cannot tell them from a payment', () => {
    for (const seed of SEEDS) {
      const world = makeWorld(seed, { ...NO_TROUBLE, credits: 0.05, never: 0.1 })
      const credits = world.byHand.reduce((sum, { amount }) => sum + amount, 0n)
      expect(untoldOf(world)).toBeLessThanOrEqual(credits)
    }
  })

  it.each(TROUBLES.filter(([name]) => ['nothing wrong', 'credits late', 'rounded to cents'].includes(name)))(
    'leave no item where nothing is wrong: %s',
    (_, trouble) => {
      expect(measure(trouble).withItem).toBe(0)
    },
  )
})
