/** Every line the accounts of the world have, by the truth: their own, the networks' payouts and top-ups, and transfers. */
import { ONE } from '../amounts.ts'
import { stateAt } from '../payelancer/counter.ts'
import { DAY_MS, type NetworkPlan } from '../payelancer/plan.ts'
import type { AccountPlan, BankPlan } from './plan.ts'

export interface Line {
  readonly id: string
  readonly account: string
  readonly kind: 'charge' | 'interest' | 'card' | 'payout' | 'top-up' | 'transfer-out' | 'transfer-in'
  readonly atMs: number
  readonly pendingMs: number | null
  readonly currency: string
  /** What it does to the balance. */
  readonly amount: bigint
  /** Of a payout: what the network paid, before what was taken on the way; else the amount. */
  readonly gross: bigint
  /** What a PayPal line says was kept of it. */
  readonly fee: bigint
  readonly text: string
  readonly party: string
  /** The vendor's own, such as a payout's; empty where nothing says one. */
  readonly reference: string
  /** The network it is of. */
  readonly network: string | null
}

const WIRE = 15n * ONE
const CENT = ONE / 100n

export function allLines(plan: BankPlan, networks: readonly NetworkPlan[]): readonly Line[] {
  const names = new Set(plan.accounts.map(({ name }) => name))
  const lines = [
    ...plan.accounts.flatMap(ownLines),
    ...networks.flatMap((network) => {
      const account = plan.accounts.find(({ name }) => name === network.account)
      return account === undefined ? [] : [...payoutLines(network, account), ...topUpLines(network)]
    }),
    ...plan.transfers.flatMap((each) => (names.has(each.from) && names.has(each.to) ? transferLines(each) : [])),
  ]
  return lines.toSorted((one, other) => one.atMs - other.atMs || (one.id < other.id ? -1 : 1))
}

function plain(line: Pick<Line, 'id' | 'account' | 'kind' | 'atMs' | 'amount' | 'text'> & Partial<Line>): Line {
  return {
    pendingMs: null,
    currency: 'USD',
    gross: line.amount,
    fee: 0n,
    party: '',
    reference: '',
    network: null,
    ...line,
  }
}

const TEXTS = { charge: 'MONTHLY FEE', interest: 'INTEREST PAID' } as const

function ownLines({ name, lines }: AccountPlan): readonly Line[] {
  return lines.map(({ id, kind, atMs, amount, currency, text, pendingMs }) =>
    plain({
      id,
      account: name,
      kind,
      atMs,
      amount,
      currency,
      text: kind === 'card' ? text : TEXTS[kind],
      party: kind === 'card' ? 'Somebody' : '',
      pendingMs,
    }),
  )
}

function payoutLines(network: NetworkPlan, account: AccountPlan): readonly Line[] {
  const { paid } = stateAt(network, Number.POSITIVE_INFINITY)
  return network.payouts.flatMap(({ id, atMs, daysOnTheWay, isNamed, returnedMs }) => {
    const gross = paid.get(id)
    if (gross === undefined || returnedMs !== null) return []
    const withheld = percentOf(gross, network.withholdingPercent)
    // Of what is left: the processor never sees what a payer keeps.
    const fee = account.type === 'paypal' ? percentOf(gross - withheld, 2) : 0n
    const wire = account.type === 'bank' && network.payouts.length % 2 === 0 ? WIRE : 0n
    return [
      plain({
        id,
        account: account.name,
        kind: 'payout',
        atMs: atMs + daysOnTheWay * DAY_MS + DAY_MS / 2,
        amount: gross - withheld - fee - wire,
        gross,
        fee,
        text: `PAYELANCER ${network.name.toUpperCase()}${isNamed ? ` ${id}` : ''}`,
        party: 'Payelancer Ltd',
        reference: isNamed ? id : '',
        network: network.name,
      }),
    ]
  })
}

/** Half a cent is rounded up. */
export function percentOf(amount: bigint, percent: number): bigint {
  const exact = amount * BigInt(percent)
  return ((exact + 50n * CENT) / (100n * CENT)) * CENT
}

function topUpLines(network: NetworkPlan): readonly Line[] {
  return network.topUps.map(({ id, atMs, amount }) =>
    plain({
      id,
      account: network.account,
      kind: 'top-up',
      atMs,
      amount: -amount,
      text: `PAYELANCER ADS ${network.name.toUpperCase()}`,
      party: 'Payelancer Ltd',
      network: network.name,
    }),
  )
}

function transferLines({ id, from, to, atMs, arrivesMs, amount }: BankPlan['transfers'][number]): readonly Line[] {
  return [
    plain({
      id: `${id}-out`,
      account: from,
      kind: 'transfer-out',
      atMs,
      amount: -amount,
      text: `TRANSFER TO ${to.toUpperCase()}`,
    }),
    plain({
      id: `${id}-in`,
      account: to,
      kind: 'transfer-in',
      atMs: arrivesMs,
      amount,
      text: `TRANSFER FROM ${from.toUpperCase()}`,
    }),
  ]
}
