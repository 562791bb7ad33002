/**
 * Earnings to bank, payout by payout: what the network owed, what arrived on which account, what was taken between, and
 * what is still on its way. Below it, per account, what was passed on and has arrived.
 */
import { sql } from 'kysely'
import { readInChunks } from '../../db/chunks.ts'
import { amongFew } from '../../db/dialect.ts'
import { postsOf } from '../../domain/matching/how.ts'
import { parseEntryKind } from '../../domain/settlement/entry-kind.ts'
import type { Units } from '../../domain/money/money.ts'
import type { MoneyKind } from '../../domain/posting-rules.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import { legsInForce } from './match-legs.ts'
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
  /** Reached an account, after every fee. */
  readonly received: Units
  /** What the network, a wire or the account took, with the tax on it. */
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

/** What a line says was taken off it. */
const OWN_FEES: ReadonlySet<MoneyKind> = new Set(['processor-fee', 'fee-tax'])

type Parts = Record<'received' | 'fees' | 'withheld' | 'writtenOff' | 'converted' | 'waiting', Units>

/** What the legs of active matches that hold payouts post against the receivable, by "currency source". */
async function settledParts(scope: Pick<ProofScope, 'db' | 'book'>): Promise<ReadonlyMap<string, Parts>> {
  const ofPayouts = legsInForce(scope).select('l.match').where('i.kind', '=', 'payout')
  const legs = await legsInForce(scope)
    .select(['l.match', 'l.side', 'l.amount', 'l.posts'])
    .select(['s.currency as line_currency', 'i.currency', 'i.source', 'i.kind'])
    .where('l.match', 'in', ofPayouts)
    .orderBy('l.match')
    .execute()
  const parts = new Map<string, Parts>()
  const partOf = (key: string): Parts => {
    const part = parts.get(key) ?? { received: 0n, fees: 0n, withheld: 0n, writtenOff: 0n, converted: 0n, waiting: 0n }
    parts.set(key, part)
    return part
  }
  for (const own of Map.groupBy(legs, ({ match }) => match).values()) {
    const waits = own.some(({ side, posts }) => side === 'line' && posts === null)
    for (const { side, amount, posts, line_currency, currency, source, kind } of own) {
      if (side === 'item' && waits && kind === 'payout') partOf(`${currency} ${source}`).waiting += amount
      const postings = posts === null ? [] : postingsOf(posts, line_currency ?? currency ?? '')
      for (const posted of postings) {
        const bucket = BUCKETS[posted.kind]
        if (bucket !== undefined && posted.source !== '')
          partOf(`${posted.currency} ${posted.source}`)[bucket] += posted.amount
      }
      const paid = postings.find((posted) => posted.kind === 'payout-received' && posted.source !== '')
      if (paid === undefined) continue
      // The line's own fee is no posting of the network, and what was posted as received is the gross.
      const own = postings.reduce((sum, posted) => (OWN_FEES.has(posted.kind) ? sum + posted.amount : sum), 0n)
      const part = partOf(`${paid.currency} ${paid.source}`)
      part.received -= own
      part.fees += own
    }
  }
  return parts
}

interface Posted {
  readonly kind: MoneyKind
  readonly source: string
  readonly currency: string
  readonly amount: Units
}

function postingsOf(posts: string, lineCurrency: string): readonly Posted[] {
  return [...postsOf(posts)].map(([name, units]) => {
    const { kind, source, currency, sign } = parseEntryKind(name, lineCurrency)
    return { kind, source, currency, amount: sign * units }
  })
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

async function openTrails(scope: ProofScope): Promise<readonly PayoutTrail[]> {
  const { db, book } = scope
  const items = await db
    .selectFrom('open_item')
    .select(['id', 'source', 'object', 'currency', 'date', 'amount', 'matched'])
    .where(amongFew(db, book))
    .where('status', '=', sql.lit('open'))
    .where('kind', '=', 'payout')
    .orderBy('date')
    .orderBy('id')
    .execute()
  const lines = await linesOf(
    scope,
    items.flatMap(({ id, matched }) => (matched === 0n ? [] : [id])),
  )
  return items.map(({ id, source, object, currency, date, amount, matched }) => {
    const sums = { due: amount, settled: matched, open: amount - matched }
    return { item: Number(id), source, object, currency, date, ...sums, lines: lines.get(id) ?? [] }
  })
}

/** The lines of the matches that hold these items. */
async function linesOf(
  scope: ProofScope,
  items: readonly bigint[],
): Promise<ReadonlyMap<bigint, readonly { readonly line: number; readonly account: string }[]>> {
  const held = await readInChunks(items, (some) =>
    legsInForce(scope)
      .select(['l.match', 'l.ref'])
      .where('l.side', '=', sql.lit('item'))
      .where('l.ref', 'in', [...some])
      .orderBy('l.match')
      .execute(),
  )
  const rows = await readInChunks([...new Set(held.map(({ match }) => match))], (some) =>
    legsInForce(scope)
      .select(['l.match', 's.id', 's.account'])
      .where('l.match', 'in', [...some])
      .where('l.side', '=', sql.lit('line'))
      .orderBy('l.ref')
      .execute(),
  )
  const names = new Map(scope.accounts.map(({ id, name }) => [id, name]))
  const byMatch = Map.groupBy(rows, ({ match }) => match)
  const found = new Map<bigint, { readonly line: number; readonly account: string }[]>()
  for (const { match, ref } of held) {
    const own = (byMatch.get(match) ?? []).map(({ id, account }) => ({
      line: Number(id),
      account: names.get(account ?? -1n) ?? '',
    }))
    found.set(ref, [...(found.get(ref) ?? []), ...own])
  }
  return found
}
