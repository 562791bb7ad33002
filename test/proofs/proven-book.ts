/** The proofs of a rig's book as a command would read them, and statements with balances to prove them by. */
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadMappings } from '../../src/config/mappings.ts'
import { formatMoney } from '../../src/domain/money/money.ts'
import { importStatements } from '../../src/pipeline/import-statement.ts'
import { proveAll, type AllProofs } from '../../src/pipeline/proofs/prove.ts'
import { scopeOfBook } from '../../src/pipeline/proofs/scope.ts'
import { NOTHING_SAID } from '../../src/pipeline/statements/kept-profile.ts'
import type { Rig } from '../pipeline/harness.ts'

/** Its accounts get files of other columns, too, and one that does not add up: what these are is said. */
const ROLES = { date: ['Date'], amount: ['Amount'], balance: ['Balance'] }
const SAID = { ...NOTHING_SAID, columns: { roles: ROLES, sign: 'in-positive' }, balance: 'after' } as const

/** Lines with the balance after each: "2026-03-05,PAYELANCER PAYOUT,150.00,1150.00". */
export function importBalanced(rig: Rig, nowMs: number, account: string, ...rows: readonly string[]) {
  const text = ['Date,Description,Amount,Balance', ...rows, ''].join('\n')
  const path = join(rig.folder, `files/${createHash('sha256').update(text).digest('hex').slice(0, 8)}.csv`)
  mkdirSync(join(rig.folder, 'files'), { recursive: true })
  writeFileSync(path, text)
  const request = { config: rig.config, book: rig.book, env: rig.env }
  return importStatements(rig.environment(nowMs), request, [{ path, account, format: 'bank-csv', said: SAID }])
}

async function scope(rig: Rig) {
  return scopeOfBook(rig.database.kysely, await rig.bookRow(), rig.book, loadMappings().rules)
}

export async function proofsOf(rig: Rig, month?: string): Promise<AllProofs> {
  return proveAll(await scope(rig), month)
}

/** "1070 USD -25.00 = open -25.00, difference 0.00" */
export function clearing({ clearing: proofs }: AllProofs): readonly string[] {
  return proofs.map(
    ({ account, currency, ledger, open, difference }) =>
      `${account} ${currency} ${formatMoney(ledger)} = open ${formatMoney(open)}, difference ${formatMoney(difference)}`,
  )
}

/** "bank 2026-03: 1000.00 150.00 4.00 1146.00, unexplained 0.00; line:3 not-booked" */
export function cash({ cash: proofs }: AllProofs): readonly string[] {
  return proofs.flatMap(({ account, months }) =>
    months.map(({ month, statement, unexplained, items }) => {
      const { opening, receipts, disbursements, closing } = statement
      const said = [opening, receipts, disbursements, closing].map((units) =>
        units === null ? '?' : formatMoney(units),
      )
      const left = unexplained === null ? 'not known' : formatMoney(unexplained)
      const listed = items.map(({ object, kind }) => `; ${object} ${kind}`).join('')
      return `${account.name} ${month}: ${said.join(' ')}, unexplained ${left}${listed}`
    }),
  )
}

/** The months kept by the last run, and as the proof of all history has them: "2026-03: 991.00". */
export async function keptMonthsOf(
  rig: Rig,
): Promise<{ readonly kept: readonly string[]; readonly proved: readonly string[] }> {
  const say = (month: string, units: bigint | null) => `${month}: ${units === null ? '?' : formatMoney(units)}`
  const { cash: proofs } = await proofsOf(rig)
  const rows = await rig.database.kysely
    .selectFrom('cash_month')
    .selectAll()
    .orderBy('account')
    .orderBy('month')
    .execute()
  return {
    kept: rows.map(({ month, stated }) => say(month, stated)),
    proved: proofs.flatMap(({ months }) => months.map(({ month, statement }) => say(month, statement.closing))),
  }
}
