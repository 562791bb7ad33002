/**
 * Whatever the sequence of imports, decisions and nights: what a person decided stands, nothing is matched beyond itself,
 * and the ledger holds for every line just what its active matches say.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { describeOnSqlite } from '../support/databases.ts'
import { moneyBook, type MoneyBook } from './money-book.ts'

type Step =
  | { readonly do: 'payout' | 'line'; readonly amount: number; readonly day: number; readonly named: boolean }
  | { readonly do: 'night' }
  | { readonly do: 'unmatch' | 'ignore' | 'confirm'; readonly number: number }

const money = fc.record({
  do: fc.constantFrom('payout' as const, 'line' as const),
  // 98.00 is 100.00 less PayPal's 2 %, and 150.00 is the sum of the others.
  amount: fc.constantFrom(100, 98, 50, 150),
  day: fc.integer({ min: 3, max: 6 }),
  named: fc.boolean(),
})
const person = fc.record({
  do: fc.constantFrom('unmatch' as const, 'ignore' as const, 'confirm' as const),
  number: fc.integer({ min: 1, max: 5 }),
})
const steps = fc.array(
  fc.oneof({ weight: 5, arbitrary: money }, { weight: 1, arbitrary: person }, fc.constant({ do: 'night' as const })),
  { minLength: 4, maxLength: 9 },
)

async function take(book: MoneyBook, step: Step, number: number): Promise<void> {
  switch (step.do) {
    case 'night':
      return void (await book.reconcile())
    case 'payout':
      return void (await book.evidence(`2026-03-0${step.day},pub,payout,${step.amount}.00,USD,PO-${number},`))
    case 'line': {
      const text = step.named ? `PAYELANCER ${number}` : `CUSTOMER ${number}`
      return void (await book.bank('paypal', `2026-03-0${step.day},${text},${step.amount}.00`))
    }
    case 'ignore':
      return void (await book.decide({ decide: 'ignore', line: step.number }).catch(refusedOnly))
    case 'unmatch':
    case 'confirm':
      return void (await book.decide({ decide: step.do, match: step.number }).catch(refusedOnly))
  }
}

function refusedOnly(error: unknown): void {
  if (!String(error).includes('This cannot be done')) throw error
}

/** Active matches of people, with their legs. */
async function decided({ rig }: MoneyBook): Promise<readonly string[]> {
  const rows = await rig.database.kysely
    .selectFrom('match_group as g')
    .innerJoin('match_leg as l', (join) => join.onRef('l.book', '=', 'g.book').onRef('l.match', '=', 'g.id'))
    .select(['g.id', 'g.decided_by', 'g.decided_at_ms', 'l.side', 'l.ref', 'l.amount'])
    .where('g.origin', '=', 'human')
    .where('g.status', '=', 'active')
    .execute()
  return rows.map((row) => Object.values(row).join(' ')).sort()
}

async function pairsRejoined({ rig }: MoneyBook): Promise<number> {
  const { kysely } = rig.database
  const refusals = await kysely.selectFrom('match_refusal').select(['line', 'open_item']).execute()
  const groups = await kysely.selectFrom('match_group').select('id').where('status', '=', 'active').execute()
  const legs = await kysely.selectFrom('match_leg').select(['match', 'side', 'ref']).execute()
  const holds = (match: bigint, side: string, ref: bigint): boolean =>
    legs.some((leg) => leg.match === match && leg.side === side && leg.ref === ref)
  return refusals.filter(({ line, open_item: item }) =>
    groups.some(({ id }) => holds(id, 'line', line) && holds(id, 'item', item)),
  ).length
}

/** "line:1 payout-received" → cumulative amount, by the legs of active matches and by the ledger. */
async function bothTotals({ rig }: MoneyBook): Promise<readonly [Map<string, bigint>, Map<string, bigint>]> {
  const { kysely } = rig.database
  const [byMatches, byLedger] = [new Map<string, bigint>(), new Map<string, bigint>()]
  const add = (to: Map<string, bigint>, key: string, amount: bigint): void =>
    void to.set(key, (to.get(key) ?? 0n) + amount)
  const legs = await kysely
    .selectFrom('match_leg as l')
    .innerJoin('match_group as g', (join) => join.onRef('g.book', '=', 'l.book').onRef('g.id', '=', 'l.match'))
    .select(['l.ref', 'l.posts'])
    .where('l.side', '=', 'line')
    .where('g.status', '=', 'active')
    .execute()
  for (const { ref, posts } of legs) {
    const said = JSON.parse(posts ?? '{}') as Record<string, string>
    for (const [kind, amount] of Object.entries(said)) add(byMatches, `line:${ref} ${kind}`, BigInt(amount))
  }
  const rows = await kysely
    .selectFrom('txn')
    .select(['object', 'kind', 'amount'])
    .where('object', 'like', 'line:%')
    .execute()
  for (const { object, kind, amount } of rows) add(byLedger, `${object} ${kind}`, amount)
  const isSome = ([, amount]: readonly [string, bigint]): boolean => amount !== 0n
  return [new Map([...byMatches].filter(isSome)), new Map([...byLedger].filter(isSome))]
}

async function overMatched({ rig }: MoneyBook): Promise<number> {
  const { kysely } = rig.database
  const lines = await kysely.selectFrom('statement_line').select(['amount', 'matched']).execute()
  const items = await kysely.selectFrom('open_item').select(['amount', 'matched']).execute()
  return [...lines, ...items].filter(({ amount, matched }) =>
    amount > 0n ? matched < 0n || matched > amount : matched > 0n || matched < amount,
  ).length
}

describeOnSqlite('any sequence of evidence, nights and decisions', (fresh) => {
  it('keeps what people decided and posts what matches say', { timeout: 120_000 }, async () => {
    const property = fc.asyncProperty(steps, async (taken) => {
      const book = await moneyBook(await fresh())
      await book.evidence('2026-03-01,pub,opening-balance,6000.00,USD,,')
      for (const [index, step] of taken.entries()) {
        const before = await decided(book)
        await take(book, step, index)
        if (step.do !== 'unmatch') expect(await decided(book)).toEqual(expect.arrayContaining([...before]))
        const [byMatches, byLedger] = await bothTotals(book)
        expect(byLedger).toEqual(byMatches)
        expect(await overMatched(book)).toBe(0)
        expect(await pairsRejoined(book)).toBe(0)
      }
      await book.reconcile()
      expect((await book.reconcile()).posted).toBe(0)
    })
    await fc.assert(property, { numRuns: 5 })
  })
})
