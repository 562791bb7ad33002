/** A panel that leaves its charges, whose refunds follow a rule: proposed, accepted, and contradicted by one that never comes. */
import type { Database } from '../../src/db/database.ts'
import { nightMs } from '../pipeline/harness.ts'
import { panelBook, type PanelBook } from '../pipeline/gross-panel/book.ts'
import type { PanelOrder, PanelPlan } from '../pipeline/gross-panel/panel.ts'
import type { PlantedWorld } from './planted.ts'

const PLAN: PanelPlan = {
  seed: 5,
  nights: 14,
  ordersPerNight: 6,
  decimals: { charge: 5, wallet: 5, refund: 5 },
  rounding: 'half-up',
  nets: 'none',
  canceled: 100,
  partial: 0,
}

const NEVER: Credits = () => []

/** Twice, and taken back three nights later. */
const TWICE: Credits = (amount) => [
  { night: PROPOSED + 1, amount },
  { night: PROPOSED + 2, amount },
  { night: PROPOSED + 5, amount: -amount },
]

/** Through the night in which thirty refunds are proven. */
const PROPOSED = 9

type Credits = (gross: bigint) => PanelOrder['credits']

/** `credits`: of the first order that ends after the rule was proposed. */
async function proposed(database: Database, credits: Credits): Promise<PanelBook> {
  const book = await panelBook(database, PLAN, {
    more: 'refundRule: { settlingDays: 2 }',
    changed: (orders) => {
      const special = orders.find(({ ends }) => ends === PROPOSED + 1)
      return orders.map((order) => (order === special ? { ...order, credits: credits(order.gross) } : order))
    },
  })
  for (let night = 1; night <= PROPOSED; night += 1) await book.night(night)
  return book
}

async function accept({ land }: PanelBook): Promise<void> {
  const body = { decide: 'accept', kind: 'cancel', by: 'Ana', why: 'known for years' }
  await land([
    {
      kind: 'refund-rule',
      source: 'panel',
      request: {},
      fetchedAtMs: nightMs(PROPOSED) + 3_600_000,
      httpStatus: null,
      contentType: 'application/json',
      body: Buffer.from(JSON.stringify(body)),
    },
  ])
}

const BROKEN = [
  'panel REFUND_MISSING order:1030 6.75126 USD: panel-balance',
  'panel REFUND_RULE_SUSPENDED refund-rule:cancel unknown: panel-balance',
]

export const REFUND_WORLDS: readonly PlantedWorld[] = [
  {
    name: 'a panel whose refunds follow a rule',
    plant: async (database) => {
      const book = await proposed(database, NEVER)
      return { database, rig: book.rig, mend: () => accept(book) }
    },
    found: ['panel REFUND_RULE_PROPOSED refund-rule:cancel unknown: panel-balance'],
    left: [],
  },
  {
    name: 'a panel that breaks the rule of its refunds',
    plant: async (database) => {
      const book = await proposed(database, NEVER)
      await accept(book)
      for (let night = PROPOSED + 1; night <= PLAN.nights; night += 1) await book.night(night)
      return { database, rig: book.rig, mend: () => Promise.resolve() }
    },
    found: BROKEN,
    // The panel and a person have to say what became of it.
    left: BROKEN,
  },
  {
    name: 'a panel that credits a refund twice and takes it back',
    plant: async (database) => {
      const book = await proposed(database, TWICE)
      await accept(book)
      for (let night = PROPOSED + 1; night <= PROPOSED + 4; night += 1) await book.night(night)
      return { database, rig: book.rig, mend: () => book.night(PROPOSED + 5) }
    },
    found: ['panel REFUND_TWICE second-credit:1030 6.75126 USD: panel-balance'],
    left: [],
  },
]
