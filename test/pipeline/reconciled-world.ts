/** A book that reconciles the bank and PayPal of a seeded world: statements in the inbox every morning, and what the world knows of them. */
import { expect } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { formatMoney } from '../../src/domain/money/money.ts'
import { addDays } from '../../src/domain/time/dates.ts'
import type { PlantedError } from '../../src/sandbox/world/money/state.ts'
import { dailyStatements } from '../../src/sandbox/world/money/statements.ts'
import { moneyTruth } from '../../src/sandbox/world/money/truth.ts'
import { defaultWorldOptions } from '../../src/sandbox/world/options.ts'
import type { World } from '../../src/sandbox/world/state.ts'
import { nightMs, START_MS } from './harness.ts'
import { balanceOf } from './reads.ts'
import { sandboxBook, type SandboxBook } from './sandbox-book.ts'

const ACCOUNTS = `    accounts:
      - name: checking
        type: bank
        currency: USD
        fees: [{ name: card, percent: '3' }, { name: wire, flat: '4.00' }]
        rules:
          - { contains: NETPANEL, means: top-up, source: netpanel }
          - { contains: PAYELANCER ADS, means: top-up, source: ads }
          - { contains: PAYELANCER PUBLISHER, means: payout, source: pub }
          - { contains: PAYPAL TRANSFER, means: transfer, account: paypal }
          - { contains: CLIENT RETAINER, means: income }
          - { contains: MONTHLY ACCOUNT FEE, means: bank-charge }
      - name: paypal
        type: paypal
        currency: USD
        fees: [{ name: network, percent: '2' }]
        rules:
          - { contains: NETPANEL, means: top-up, source: netpanel }
          - { contains: PAYELANCER ADS, means: top-up, source: ads }
          - { contains: Publisher payout, means: payout, source: pub }
          - { contains: Transfer from the bank, means: transfer, account: checking }
          - { contains: Transfer to the bank, means: transfer, account: checking }
`

export interface MoneyWorld {
  readonly seed: number
  readonly nights: number
  readonly bankFormat?: 'camt' | 'csv'
  readonly errors?: readonly PlantedError[]
}

export interface ReconciledBook extends SandboxBook {
  /** The night with that morning's statements; `change` damages a file, or with null keeps it back. */
  readonly morning: (night: number, change?: (name: string, text: string) => string | null) => Promise<void>
}

export async function reconciledBook(
  database: Database,
  { seed, nights, bankFormat = 'camt', errors = [] }: MoneyWorld,
): Promise<ReconciledBook> {
  const options = defaultWorldOptions({
    seed,
    startMs: START_MS,
    days: nights,
    ordersPerDay: 16,
    money: { bankFormat, errors },
  })
  const [netpanel] = options.panels
  if (netpanel === undefined) throw new Error('the default world has panels')
  // Its traffic has ups and downs that a person would be asked about.
  const counter = 'counterMode: lifetime'
  const more = { pub: `payouts: { schedule: on_threshold, minimum: '50.00' }, ${counter}`, ads: counter }
  const book = await sandboxBook(database, { ...options, panels: [netpanel] }, { bookMore: ACCOUNTS, more })
  return {
    ...book,
    morning: async (night, change = (_name, text) => text) => {
      await book.live(night)
      for (const { account, name, text } of dailyStatements(book.world, dayOf(night))) {
        const changed = change(name, text)
        if (changed !== null) book.rig.drop(`${account}/${name}`, changed)
      }
      await book.rig.night(nightMs(night))
    },
  }
}

/** The day that a night closes. */
export function dayOf(night: number): string {
  return addDays('2026-02-28', night)
}

/** To the last 10⁻⁸: what the books hold of money, and what the world knows. */
export async function expectMoneyTruth(
  { rig, world }: { readonly rig: SandboxBook['rig']; readonly world: World },
  night: number,
): Promise<void> {
  const truth = moneyTruth(world, dayOf(night))
  if (truth === null) throw new Error('the world has no money')
  const held: Record<string, string> = {}
  const keys = ['1000:checking', '1050:paypal', '1060', '1070', '1100:pub', '1110:pub', '4800', '6100', '6110']
  for (const key of keys) held[key] = formatMoney(await balanceOf(rig, key))
  const { closing, paidAhead } = truth
  const expected = {
    '1000:checking': closing.checking - paidAhead.checking,
    '1050:paypal': closing.paypal - paidAhead.paypal,
    '1060': truth.transfersOnTheWay,
    '1070': truth.topUpsUnpaid,
    '1100:pub': truth.unpaid['pub'] ?? 0n,
    '1110:pub': truth.payoutsOnTheWay,
    '4800': truth.income,
    '6100': truth.processorFees,
    '6110': truth.bankFees,
  }
  expect(held, `night ${night}`).toEqual(
    Object.fromEntries(Object.entries(expected).map(([key, units]) => [key, formatMoney(units)])),
  )
}
