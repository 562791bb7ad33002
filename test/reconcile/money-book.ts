/**
 * A book with money accounts to reconcile: payouts and top-ups as an evidence file states them, bank and PayPal
 * statements as the files a person would import, and the two runs that join them.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { parseConfig } from '../../src/config/load.ts'
import type { Database } from '../../src/db/database.ts'
import { formatMoney } from '../../src/domain/money/money.ts'
import { startOfDayMs } from '../../src/domain/time/dates.ts'
import { findBook } from '../../src/ledger/books.ts'
import { NOTHING_SAID } from '../../src/pipeline/statements/kept-profile.ts'
import { importStatements } from '../../src/pipeline/import-statement.ts'
import { decideMatch } from '../../src/pipeline/reconcile/decide.ts'
import { runReconcile, type ReconcileOutcome } from '../../src/pipeline/reconcile/run.ts'
import type { MatchDecision } from '../../src/pipeline/process/match-request.ts'
import { rigOn, type Rig } from '../pipeline/harness.ts'
import { payments } from '../pipeline/scripted-book.ts'

export const NOON_MS = Date.UTC(2026, 2, 10, 12)
const DAY_MS = 86_400_000

export interface MoneyBook {
  readonly rig: Rig
  readonly evidence: (...rows: readonly string[]) => Promise<unknown>
  /** Lines of a bank statement: "2026-03-05,PAYELANCER PAYOUT,150.00". */
  readonly bank: (account: string, ...rows: readonly string[]) => Promise<unknown>
  /** A file as a person would import it, read as one format. */
  readonly statement: (
    account: string,
    format: 'razorpay-csv' | 'paypal-csv',
    file: string,
    text: string,
  ) => Promise<unknown>
  readonly reconcile: (day?: string) => Promise<ReconcileOutcome>
  readonly decide: (decision: Unsigned) => Promise<unknown>
  /** Every ledger account that is not zero. */
  readonly balances: () => Promise<Readonly<Record<string, string>>>
  /** "exact active line 1 150.00, item 1 150.00" by number. */
  readonly matches: () => Promise<readonly string[]>
  readonly dispositions: () => Promise<readonly string[]>
  readonly exceptions: () => Promise<readonly string[]>
}

type Without<T> = T extends unknown ? Omit<T, 'by' | 'why'> : never
type Unsigned = Without<MatchDecision> & { readonly by?: string }

export async function moneyBook(database: Database, more = '', sources = ''): Promise<MoneyBook> {
  const folder = mkdtempSync(join(tmpdir(), 'tieout-money-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const config = parseConfig(configText(more, sources), join(folder, 'tieout.yaml'))
  const [book] = config.books
  if (book === undefined) throw new Error('one book is configured')
  const rig = rigOn(database, { folder, config, book, env: { KEY_PUB: 'k', KEY_PANEL: 'k' } })
  const request = { config, book, env: rig.env }
  const { kysely } = database
  const environment = () => rig.environment(NOON_MS)
  return {
    rig,
    evidence: (...rows) => rig.importEvidence(NOON_MS, payments(...rows)),
    bank: (account, ...rows) => {
      const text = ['Date,Description,Amount', ...rows, ''].join('\n')
      const path = join(folder, `files/${createHash('sha256').update(text).digest('hex').slice(0, 8)}.csv`)
      mkdirSync(join(folder, 'files'), { recursive: true })
      writeFileSync(path, text)
      return importStatements(environment(), request, [{ path, account, format: 'bank-csv', said: SAID }])
    },
    statement: (account, format, file, text) => {
      const path = join(folder, file)
      writeFileSync(path, text)
      return importStatements(environment(), request, [{ path, account, format, said: NOTHING_SAID }])
    },
    reconcile: (day = '2026-03-09') =>
      runReconcile(rig.environment(Math.max(NOON_MS, startOfDayMs(day, 'UTC') + DAY_MS)), request, day),
    decide: ({ by = 'Ann', ...decision }) =>
      decideMatch(environment(), request, { ...decision, by, why: 'seen on paper' }),
    balances: async () => {
      const { id } = await findBook(kysely, book.name)
      const rows = await kysely
        .selectFrom('balance as b')
        .innerJoin('account as a', (join) => join.onRef('a.book', '=', 'b.book').onRef('a.id', '=', 'b.account'))
        .select(['a.key', 'b.currency', 'b.debit', 'b.credit'])
        .where('b.book', '=', id)
        .execute()
      const sums = new Map<string, bigint>()
      for (const { key, debit, credit } of rows) sums.set(key, (sums.get(key) ?? 0n) + debit - credit)
      const shown = [...sums].filter(([, sum]) => sum !== 0n).sort(([a], [b]) => (a < b ? -1 : 1))
      return Object.fromEntries(shown.map(([key, sum]) => [key, formatMoney(sum)]))
    },
    matches: async () => {
      const groups = await kysely.selectFrom('match_group').selectAll().orderBy('id').execute()
      const legs = await kysely.selectFrom('match_leg').selectAll().orderBy('side', 'desc').orderBy('ref').execute()
      return groups.map(({ id, step, status }) => {
        const own = legs.filter(({ match }) => match === id)
        return `${step} ${status} ${own.map(({ side, ref, amount }) => `${side} ${ref} ${formatMoney(amount)}`).join(', ')}`
      })
    },
    dispositions: async () => {
      const rows = await kysely.selectFrom('statement_line').select(['id', 'disposition']).orderBy('id').execute()
      return rows.map(({ id, disposition }) => `${id} ${disposition}`)
    },
    exceptions: async () => {
      const rows = await kysely
        .selectFrom('exception')
        .select(['code', 'object'])
        .where('status', '=', 'open')
        .orderBy('code')
        .orderBy('object')
        .execute()
      return rows.map(({ code, object }) => `${code} ${object}`)
    },
  }
}

const ROLES = { date: ['Date'], amount: ['Amount'], balance: [] }
const SAID = { ...NOTHING_SAID, columns: { roles: ROLES, sign: 'in-positive' } } as const

function configText(more: string, sources: string): string {
  return `database: sqlite:./tieout.db
http: { timeoutMs: 5000, retries: 0 }
books:
  - name: agency
    currency: USD
    accounts:
      - name: paypal
        type: paypal
        currency: USD
        code: '1050'
        fees: [{ name: standard, percent: '2' }]
      - name: bank
        type: bank
        currency: USD
        code: '1000'
        rules:
          - { contains: NETPANEL, means: top-up, source: panel }
          - { contains: MONTHLY FEE, means: bank-charge }
          - { contains: OWNER DRAW, means: not-ours }
${more}    sources:
      - { name: pub, type: payelancer, role: publisher, baseUrl: 'http://127.0.0.1:9', apiKey: { env: KEY_PUB }, currency: USD, timeZone: UTC, counterMode: lifetime, payouts: { schedule: stated } }
      - { name: panel, type: panel, baseUrl: 'http://127.0.0.1:9', apiKey: { env: KEY_PANEL }, currency: USD, timeZone: UTC }
${sources}`
}
