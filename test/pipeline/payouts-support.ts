/** A publisher whose payouts are due by schedule, and the nights that reconcile its money. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Database } from '../../src/db/database.ts'
import { formatMoney } from '../../src/domain/money/money.ts'
import { withBookRun } from '../../src/pipeline/book-run.ts'
import { importStatements } from '../../src/pipeline/import-statement.ts'
import type { MatchDecision } from '../../src/pipeline/process/match-request.ts'
import { decideMatch, type MatchDecided } from '../../src/pipeline/reconcile/decide.ts'
import { reconcileNight } from '../../src/pipeline/reconcile/night.ts'
import { NOTHING_SAID } from '../../src/pipeline/statements/kept-profile.ts'
import { findItem, type OpenItem } from '../../src/evidence/open-items.ts'
import { addDays } from '../../src/domain/time/dates.ts'
import { PERSON, play, type Play } from './counters-support.ts'
import { HOUR_MS, nightMs, type Rig } from './harness.ts'
import { balanceOf } from './reads.ts'

type Without<T> = T extends unknown ? Omit<T, 'by' | 'why'> : never
type Unsigned = Without<MatchDecision>

export interface PaidPlay extends Play {
  /** The night's reading, and its reconciliation. */
  readonly earn: (night: number, amount: string) => Promise<void>
  readonly reconcile: (night: number) => Promise<number>
  /** A person's word, some hours after a night. */
  readonly decide: (night: number, decision: Unsigned) => Promise<MatchDecided>
  /** Lines of a PayPal statement imported some hours after a night: "2026-03-05,PAYELANCER PAYOUT,147.00". */
  readonly statement: (night: number, ...rows: readonly string[]) => Promise<unknown>
}

/** Lines of a book: one account that takes 2 % and has a rule for the network. */
export const PAYPAL = `    accounts:
      - name: paypal
        type: paypal
        currency: USD
        fees: [{ name: standard, percent: '2' }]
        rules:
          - { contains: payelancer, means: payout, source: pub }
          - { contains: netpanel, means: top-up, source: panel }
`

export async function paidPlay(
  database: Database,
  payouts = '{ minimum: "50" }',
  counterMode: 'unpaid' | 'lifetime' = 'lifetime',
): Promise<PaidPlay> {
  const publisherMore = `payouts: ${payouts}, counterMode: ${counterMode}`
  const book = await play(database, { publisherMore, bookMore: PAYPAL })
  const reconcile = async (night: number): Promise<number> => reconcileOf(book.rig, night)
  return {
    ...book,
    reconcile,
    decide: (night, decision) => {
      const request = { config: book.rig.config, book: book.rig.book, env: book.rig.env }
      return decideMatch(book.rig.environment(nightMs(night) + 4 * HOUR_MS), request, { ...decision, ...PERSON })
    },
    statement: (night, ...rows) => importLines(book.rig, nightMs(night) + 3 * HOUR_MS, rows),
    earn: async (night, amount) => {
      await book.read(night, amount)
      await reconcile(night)
    },
  }
}

export async function importLines(rig: Rig, nowMs: number, rows: readonly string[]): Promise<unknown> {
  const path = join(rig.folder, `paypal-${nowMs}.csv`)
  writeFileSync(path, ['Date,Description,Amount', ...rows, ''].join('\n'))
  const request = { config: rig.config, book: rig.book, env: rig.env }
  return importStatements(rig.environment(nowMs), request, [
    {
      path,
      account: 'paypal',
      format: 'bank-csv',
      said: { ...NOTHING_SAID, columns: { roles: {}, sign: 'in-positive' } },
    },
  ])
}

/** The day that night n closes. */
export function dayOf(night: number): string {
  return addDays('2026-02-28', night)
}

async function reconcileOf(rig: Rig, night: number): Promise<number> {
  const request = { config: rig.config, book: rig.book, env: rig.env }
  const day = dayOf(night)
  const { result } = await withBookRun(
    rig.environment(nightMs(night) + 60_000),
    request,
    'reconcile',
    { day },
    (context) => reconcileNight(context, day, 'test'),
  )
  return result?.posted ?? 0
}

export async function itemOf(rig: Rig, source: string, object: string): Promise<OpenItem | null> {
  return findItem(rig.database.kysely, (await rig.bookRow()).id, source, object)
}

/** "payout 150.00 open, 0.00 matched" */
export async function itemLine(rig: Rig, source: string, object: string): Promise<string> {
  const item = await itemOf(rig, source, object)
  if (item === null) return 'none'
  return `${item.kind} ${formatMoney(item.amount)} ${item.status}, ${formatMoney(item.matched)} matched`
}

export async function money(rig: Rig, account: string): Promise<string> {
  return formatMoney(await balanceOf(rig, account))
}
