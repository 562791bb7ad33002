/**
 * Earnings to bank, payout by payout: what the network owed, what arrived on which account, what was taken between, and
 * what is still on its way. Below it, per account, what was passed on and has arrived.
 */
import { sql } from 'kysely'
import { postsOf } from '../../domain/matching/how.ts'
import { parseEntryKind } from '../../domain/settlement/entry-kind.ts'
import type { Units } from '../../domain/money/money.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import type { ProofScope } from './scope.ts'

export interface PayoutTrail {
  readonly item: number
  readonly source: string
  readonly object: string
  readonly currency: string
  readonly date: IsoDate
  readonly due: Units
  /** What lines have settled of it, fees and all. */
  readonly settled: Units
  readonly open: Units
  /** The lines and the accounts it arrived on. */
  readonly lines: readonly { readonly line: number; readonly account: string }[]
}

export interface PayoutSum {
  readonly source: string
  readonly currency: string
  readonly payouts: number
  readonly due: Units
  /** Reached an account. */
  readonly received: Units
  readonly fees: Units
  readonly withheld: Units
  readonly writtenOff: Units
  /** Settled in another currency. */
  readonly converted: Units
  readonly open: Units
  /** Matched, and waits for a rate. */
  readonly waiting: Units
  /** due − all of these: not zero is a mistake in the books. */
  readonly difference: Units
}

export interface TransferSum {
  /** Left this account. */
  readonly account: string
  readonly currency: string
  readonly transfers: number
  readonly sent: Units
  readonly arrived: Units
  readonly inTransit: Units
}

export interface PayoutProof {
  readonly sums: readonly PayoutSum[]
  readonly transfers: readonly TransferSum[]
  /** Those that are open, the oldest first. */
  readonly open: readonly PayoutTrail[]
}

export async function provePayouts(scope: ProofScope): Promise<PayoutProof> {
  return { sums: await payoutSums(scope), transfers: await transferSums(scope), open: await openTrails(scope) }
}

const BUCKETS: Readonly<Record<string, 'received' | 'fees' | 'withheld' | 'writtenOff' | 'converted' | undefined>> = {
  'payout-received': 'received',
  'payout-fee': 'fees',
  'wire-fee': 'fees',
  withholding: 'withheld',
  'written-off': 'writtenOff',
  'conversion-settled': 'converted',
}

async function payoutSums({ db, book }: ProofScope): Promise<readonly PayoutSum[]> {
  const items = await db
    .selectFrom('open_item')
    .select(['source', 'currency'])
    .select([
      sql<bigint>`cast(count(*) as bigint)`.as('payouts'),
      sql<bigint>`cast(sum(amount) as bigint)`.as('due'),
      sql<bigint>`cast(sum(amount - matched) as bigint)`.as('open'),
    ])
    .where('book', '=', book)
    .where('kind', '=', 'payout')
    .groupBy(['source', 'currency'])
    .orderBy('source')
    .orderBy('currency')
    .execute()
  const parts = await settledParts({ db, book })
  return items.map(({ source, currency, payouts, due, open }) => {
    const none = { received: 0n, fees: 0n, withheld: 0n, writtenOff: 0n, converted: 0n, waiting: 0n }
    const part = parts.get(`${currency} ${source}`) ?? none
    const accounted = open + part.received + part.fees + part.withheld + part.writtenOff + part.converted + part.waiting
    return { source, currency, payouts: Number(payouts), due, open, ...part, difference: due - accounted }
  })
}

type Parts = Record<'received' | 'fees' | 'withheld' | 'writtenOff' | 'converted' | 'waiting', Units>

/** What the legs of active matches that hold payouts post against the receivable, by "currency source". */
async function settledParts({ db, book }: Pick<ProofScope, 'db' | 'book'>): Promise<ReadonlyMap<string, Parts>> {
  const legs = await db
    .selectFrom('match_leg as l')
    .innerJoin('match_group as g', (join) => join.onRef('g.book', '=', 'l.book').onRef('g.id', '=', 'l.match'))
    .leftJoin('statement_line as s', (join) =>
      join
        .onRef('s.book', '=', 'l.book')
        .onRef('s.id', '=', 'l.ref')
        .on(sql<boolean>`l.side = 'line'`),
    )
    .leftJoin('open_item as i', (join) =>
      join
        .onRef('i.book', '=', 'l.book')
        .onRef('i.id', '=', 'l.ref')
        .on(sql<boolean>`l.side = 'item'`),
    )
    .select(['l.match', 'l.side', 'l.amount', 'l.posts'])
    .select(['s.currency as line_currency', 'i.currency', 'i.source', 'i.kind'])
    .where('l.book', '=', book)
    .where('g.status', '=', 'active')
    .orderBy('l.match')
    .execute()
  const parts = new Map<string, Parts>()
  const partOf = (key: string): Parts => {
    const part = parts.get(key) ?? { received: 0n, fees: 0n, withheld: 0n, writtenOff: 0n, converted: 0n, waiting: 0n }
    parts.set(key, part)
    return part
  }
  for (const own of Map.groupBy(legs, ({ match }) => match).values()) {
    if (!own.some(({ kind }) => kind === 'payout')) continue
    const waits = own.some(({ side, posts }) => side === 'line' && posts === null)
    for (const { side, amount, posts, line_currency, currency, source, kind } of own) {
      if (side === 'item' && waits && kind === 'payout') partOf(`${currency} ${source}`).waiting += amount
      for (const [name, units] of posts === null ? [] : postsOf(posts)) {
        const entry = parseEntryKind(name, line_currency ?? currency ?? '')
        const bucket = BUCKETS[entry.kind]
        if (bucket !== undefined && entry.source !== '') {
          partOf(`${entry.currency} ${entry.source}`)[bucket] += entry.sign * units
        }
      }
    }
  }
  return parts
}

async function transferSums({ db, book }: ProofScope): Promise<readonly TransferSum[]> {
  const rows = await db
    .selectFrom('open_item')
    .select(['source as account', 'currency'])
    .select([
      sql<bigint>`cast(count(*) as bigint)`.as('transfers'),
      sql<bigint>`cast(sum(amount) as bigint)`.as('sent'),
      sql<bigint>`cast(sum(matched) as bigint)`.as('arrived'),
    ])
    .where('book', '=', book)
    .where('kind', 'in', ['transfer', 'settlement'])
    .groupBy(['source', 'currency'])
    .orderBy('source')
    .orderBy('currency')
    .execute()
  return rows.map((row) => ({ ...row, transfers: Number(row.transfers), inTransit: row.sent - row.arrived }))
}

async function openTrails({ db, book, accounts }: ProofScope): Promise<readonly PayoutTrail[]> {
  const rows = await db
    .selectFrom('open_item as i')
    .leftJoin('match_leg as il', (join) =>
      join
        .onRef('il.book', '=', 'i.book')
        .onRef('il.ref', '=', 'i.id')
        .on(sql<boolean>`il.side = 'item'`),
    )
    .leftJoin('match_group as g', (join) =>
      join
        .onRef('g.book', '=', 'il.book')
        .onRef('g.id', '=', 'il.match')
        .on(sql<boolean>`g.status = 'active'`),
    )
    .leftJoin('match_leg as ll', (join) =>
      join
        .onRef('ll.book', '=', 'g.book')
        .onRef('ll.match', '=', 'g.id')
        .on(sql<boolean>`ll.side = 'line'`),
    )
    .leftJoin('statement_line as s', (join) => join.onRef('s.book', '=', 'll.book').onRef('s.id', '=', 'll.ref'))
    .select(['i.id', 'i.source', 'i.object', 'i.currency', 'i.date', 'i.amount', 'i.matched'])
    .select(['s.id as line', 's.account'])
    .where('i.book', '=', book)
    .where(sql<boolean>`i.status = 'open'`)
    .where('i.kind', '=', 'payout')
    .orderBy('i.date')
    .orderBy('i.id')
    .execute()
  const names = new Map(accounts.map(({ id, name }) => [id, name]))
  return [...Map.groupBy(rows, ({ id }) => id)].map(([id, own]) => {
    const [{ source, object, currency, date, amount, matched }] = own as [(typeof own)[number]]
    const lines = own.flatMap(({ line, account }) =>
      line === null ? [] : [{ line: Number(line), account: names.get(account ?? -1n) ?? '' }],
    )
    const sums = { due: amount, settled: matched, open: amount - matched }
    return { item: Number(id), source, object, currency, date, ...sums, lines }
  })
}
