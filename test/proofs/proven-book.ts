/** The proofs of a rig's book as a command would read them, and statements with balances to prove them by. */
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadMappings } from '../../src/config/mappings.ts'
import { formatMoney } from '../../src/domain/money/money.ts'
import { CASH_COLUMNS } from '../../src/domain/proofs/cash.ts'
import { importStatements } from '../../src/pipeline/import-statement.ts'
import { keptMonths } from '../../src/pipeline/proofs/kept-closings.ts'
import { proveAll, type AllProofs } from '../../src/pipeline/proofs/prove.ts'
import { scopeOfBook } from '../../src/pipeline/proofs/scope.ts'
import { NOTHING_SAID } from '../../src/pipeline/statements/kept-profile.ts'
import type { Rig } from '../pipeline/harness.ts'

/** Its accounts get files of other columns, too, and one that does not add up: what these are is said. */
const ROLES = { date: ['Date'], amount: ['Amount'], balance: ['Balance'] }
const SAID = { ...NOTHING_SAID, columns: { roles: ROLES, sign: 'in-positive' }, balance: 'after' } as const

/** Lines with the balance after each: "2026-03-05,PAYELANCER PAYOUT,150.00,1150.00". */
export function importBalanced(rig: Rig, nowMs: number, account: string, ...rows: readonly string[]) {
  return importFile(rig, nowMs, account, 'bank-csv', ['Date,Description,Amount,Balance', ...rows, ''].join('\n'))
}

/** "1,Charge,-1.50,Completed,Order #12,2026-03-01". */
export function importLog(rig: Rig, nowMs: number, panel: string, ...rows: readonly string[]) {
  return importFile(rig, nowMs, panel, 'wallet-csv', ['Reference,Type,Amount,Status,Note,Date', ...rows, ''].join('\n'))
}

function importFile(rig: Rig, nowMs: number, account: string, format: 'bank-csv' | 'wallet-csv', text: string) {
  const path = join(rig.folder, `files/${createHash('sha256').update(text).digest('hex').slice(0, 8)}.csv`)
  mkdirSync(join(rig.folder, 'files'), { recursive: true })
  writeFileSync(path, text)
  const said = format === 'bank-csv' ? SAID : NOTHING_SAID
  const request = { config: rig.config, book: rig.book, env: rig.env }
  return importStatements(rig.environment(nowMs), request, [{ path, account, format, said }])
}

async function scope(rig: Rig) {
  return scopeOfBook(rig.database.kysely, await rig.bookRow(), rig.book, loadMappings().rules)
}

export async function proofsOf(rig: Rig, month?: string): Promise<AllProofs> {
  return proveAll(await scope(rig), month === undefined ? {} : { month })
}

/** "1070 USD -25.00 = open -25.00, difference 0.00" */
export function clearing({ clearing: proofs }: AllProofs): readonly string[] {
  return proofs.map(
    ({ account, currency, ledger, open, difference }) =>
      `${account} ${currency} ${formatMoney(ledger)} = open ${formatMoney(open)}, difference ${formatMoney(difference)}`,
  )
}

/** "bank 2026-03: 1000.00 150.00 4.00 1146.00, unexplained 0.00 0.00 0.00 0.00; line:3 not-booked" */
export function cash({ cash: proofs }: AllProofs): readonly string[] {
  return proofs.flatMap(({ account, months }) =>
    months.map(({ month, statement, unexplained, items }) => {
      const said = CASH_COLUMNS.map((column) => statement[column])
      const left =
        unexplained === null ? 'not known' : CASH_COLUMNS.map((column) => formatMoney(unexplained[column])).join(' ')
      const listed = items.map(({ object, kind }) => `; ${object} ${kind}`).join('')
      return `${account.name} ${month}: ${said.map((units) => (units === null ? '?' : formatMoney(units))).join(' ')}, unexplained ${left}${listed}`
    }),
  )
}

/** The months kept by the last run, as the proof of all history has them: "bank USD 2026-03: 0.00 -30.00". */
export async function keptMonthsOf(
  rig: Rig,
): Promise<{ readonly kept: readonly string[]; readonly proved: readonly string[] }> {
  const of = await scope(rig)
  const { cash: proofs } = await proveAll(of)
  const say = (units: bigint | null): string => (units === null ? '?' : formatMoney(units))
  const kept: string[] = []
  for (const { account, currency } of proofs) {
    for (const { month, opening, closing } of await keptMonths(of, { account: account.id, currency })) {
      kept.push(`${account.name} ${currency} ${month}: ${say(opening)} ${say(closing)}`)
    }
  }
  const proved = proofs.flatMap(({ account, currency, months }) =>
    months.map(
      ({ month, unexplained }) =>
        `${account.name} ${currency} ${month}: ${say(unexplained?.opening ?? null)} ${say(unexplained?.closing ?? null)}`,
    ),
  )
  return { kept, proved }
}
