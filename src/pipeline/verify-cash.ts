/**
 * The kept months of the proof of cash in `ledger verify`: each is made again from the lines and sections alone. Months
 * that newer evidence is about are left to the next run of the proofs, which reads them again anyway.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { closeMonths, monthsThrough, type CashClosing } from '../domain/proofs/closings.ts'
import type { Book } from '../ledger/books.ts'
import type { Findings } from '../ledger/verify/finding.ts'
import { readAnchors } from './proofs/anchors.ts'
import { daysFrom, touchedSince } from './proofs/cash-evidence.ts'
import { keptMonths, keptProgress } from './proofs/kept-closings.ts'

export async function verifyCash(db: Kysely<Tables>, { id, name: bookName }: Book, findings: Findings): Promise<void> {
  const scope = { db, book: id }
  const places = await db
    .selectFrom('cash_progress as c')
    .innerJoin('source as s', (join) => join.onRef('s.book', '=', 'c.book').onRef('s.id', '=', 'c.account'))
    .select(['c.account', 'c.currency', 's.name'])
    .where('c.book', '=', id)
    .orderBy('c.account')
    .orderBy('c.currency')
    .execute()
  for (const { account, currency, name } of places) {
    const progress = await keptProgress(scope, { account, currency })
    const kept = await keptMonths(scope, { account, currency })
    const [first, last] = [kept[0], kept.at(-1)]
    if (progress === null || first === undefined || last === undefined) continue
    const newer = (await touchedSince(scope, [progress])).filter(
      (each) => each.account === account && each.currency === currency,
    )
    // One that is told first says something of every month before it.
    if (newer.some(({ day }) => progress.firstTold === null || day <= progress.firstTold)) continue
    const until = newer.reduce((least, { day }) => (day < least ? day : least), '9999-12-31').slice(0, 7)
    const { days, held } = await daysFrom(scope, account, currency, '')
    const anchors = await readAnchors(scope, { id: account }, currency, { held, from: '' })
    const months = monthsThrough(`${first.month}-01`, `${last.month}-28`)
    const made = closeMonths({ months, before: null, booked: progress.booked, days, anchors })
    const stored = new Map(kept.map((each) => [each.month, each]))
    for (const month of made.filter((each) => each.month < until)) {
      const before = stored.get(month.month)
      if (before !== undefined && isSame(before, month)) continue
      const sentence = `The proof of cash of ${name} in ${currency} for ${month.month} is kept other than its statements and books come to.`
      findings.add({ code: 'PROOF_KEPT_DIFFERS', book: bookName, sequence: null, sentence })
    }
  }
}

function isSame(a: CashClosing, b: CashClosing): boolean {
  return (
    a.lines === b.lines &&
    a.stated === b.stated &&
    a.opening === b.opening &&
    a.closing === b.closing &&
    a.carried === b.carried
  )
}
