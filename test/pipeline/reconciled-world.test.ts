/** Six weeks of mornings with a bank and PayPal: the books are what the world knows, nothing is invented, and every planted error is found. */
import { expect, it } from 'vitest'
import { booksDigest } from '../../src/ledger/digest.ts'
import { runReconcile } from '../../src/pipeline/reconcile/run.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { nightMs } from './harness.ts'
import { openCodes } from './reads.ts'
import { dayOf, expectMoneyTruth, reconciledBook, type ReconciledBook } from './reconciled-world.ts'

/** What a small panel leaves open until its refunds are understood, and what is merely on its way. */
const OTHER = / (?:REFUND_MISSING|WALLET_DIFFERS) /

async function moneyCodes({ rig }: ReconciledBook): Promise<readonly string[]> {
  return (await openCodes(rig)).filter((code) => !OTHER.test(code))
}

describeOnSqlite('a world with a bank and PayPal', (fresh) => {
  it('is in the books to the last digit, every morning', async () => {
    const nights = 12
    const book = await reconciledBook(await fresh(), { seed: 5, nights })
    for (let night = 1; night <= nights; night += 1) {
      await book.morning(night)
      expect(await moneyCodes(book), `night ${night}`).toEqual([])
      await expectMoneyTruth(book, night)
    }
    expect(book.rig.warnings).toEqual([])
    const { rig } = book
    const before = await booksDigest(rig.database.kysely, await rig.bookRow())
    const again = await runReconcile(rig.environment(nightMs(nights)), { ...rig, env: rig.env }, dayOf(nights))
    expect(again.posted).toBe(0)
    expect(await booksDigest(rig.database.kysely, await rig.bookRow())).toBe(before)
  })
})

/** One of each, in one world, far enough apart to be told apart. */
const ERRORS = [
  { kind: 'charged-twice', day: 3 },
  { kind: 'short-by-a-cent', day: 4 },
  { kind: 'never-charged', day: 7 },
  { kind: 'short-by-five', day: 8 },
  { kind: 'equal-pair', day: 12 },
  { kind: 'unknown-line', day: 13 },
] as const

/** Everything that was ever open beside what is merely on its way; what follows from an error stands beside it. */
const FOUND = [
  // Never charged.
  'ads TOP_UP_MISSING top-up:ads-topup-1',
  'ads TOP_UP_MISSING top-up:ads-topup-6',
  'checking LINE_UNMATCHED charged twice',
  'checking LINE_UNMATCHED nothing known',
  'checking STATEMENT_DIFFERS cash:2026-03:USD',
  'checking STATEMENT_DIFFERS statement',
  'checking STATEMENT_GAP gap:USD:2026-03-17..2026-03-17',
  'checking STATEMENT_GAP gap:USD:2026-03-19..2026-03-22',
  'pub PAYOUT_DIFFERS payout:due-2026-03-03',
  'pub PAYOUT_DIFFERS payout:due-2026-03-07',
]

describeOnSqlite('planted errors of money', (fresh) => {
  it('are found under their codes, each and no other', async () => {
    const book = await reconciledBook(await fresh(), { seed: 6, nights: 26, errors: ERRORS })
    const found = new Set<string>()
    for (let night = 1; night <= 26; night += 1) {
      await book.morning(night, (name, text) => {
        if (name === `checking-${dayOf(17)}.xml`) return text.replace(/(CLBD.*?<Amt Ccy="USD">)\d/, '$19')
        return name.startsWith('checking') && night >= 20 && night <= 22 ? null : text
      })
      for (const code of await moneyCodes(book)) found.add(await inWords(book, code))
    }
    expect([...found].toSorted()).toEqual(FOUND)
  })
})

/** With the world's own word for what a statement line is about. */
async function inWords({ rig, world }: ReconciledBook, code: string): Promise<string> {
  const id = / line:(\d+)$/.exec(code)?.[1]
  if (id === undefined) return code.replace(/statement:[0-9a-f]+$/, 'statement')
  const line = await rig.database.kysely
    .selectFrom('statement_line')
    .select('external_id')
    .where('id', '=', BigInt(id))
    .executeTakeFirstOrThrow()
  const about = world.money?.lines.find((each) => each.id === line.external_id)?.about
  return code.replace(/line:\d+$/, about ?? 'a line the world does not know')
}
