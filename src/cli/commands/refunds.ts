/** `tieout refunds rules …`: by which rules refunds of panels may be booked before their credit, and what a person says to them. */
import type { Command } from 'commander'
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import { InputError } from '../../domain/errors.ts'
import { formatExact, formatMoney } from '../../domain/money/money.ts'
import { REFUND_CASES, type RefundCase } from '../../domain/orders/order.ts'
import type { RefundRounding } from '../../domain/orders/refund.ts'
import { CASES_FOR_A_RULE } from '../../domain/orders/refund-rule.ts'
import { refundRules, sumsDue, type RefundRule } from '../../evidence/refund-rules.ts'
import { loadSemantics } from '../../evidence/semantics.ts'
import { sourceIds } from '../../ledger/books.ts'
import { checkSource } from '../../pipeline/night.ts'
import { decideRefundRule } from '../../pipeline/refund-rules.ts'
import type { ExitName } from '../exit-codes.ts'
import { readBook, runDatabase } from '../open-book.ts'
import { counted, type Column } from '../output.ts'
import { askPerson, signed, type PersonOptions } from '../person.ts'
import { createProgress } from '../progress.ts'
import { handle, type Registry, type Session } from '../session.ts'
import { runEnvironment } from './sync.ts'

interface DecideOptions extends PersonOptions {
  readonly source: string
  readonly kind: string
  readonly dryRun?: boolean
}

const COLUMNS: readonly Column[] = [
  { title: 'Source' },
  { title: 'Kind' },
  { title: 'Status' },
  { title: 'Proven', align: 'right' },
  { title: 'Amounts', align: 'right' },
  { title: 'Rounding' },
  { title: 'Decided' },
]

export function registerRefunds(registry: Registry): void {
  const refunds = registry.program.command('refunds').description("refunds of panels' orders")
  const rules = refunds.command('rules').description('rules by which refunds may be booked before their credit is seen')
  const list = rules
    .command('list')
    .description('what has been proven of each kind of refund, and which rules are in force')
  handle<Record<string, never>>(registry, list, runList)
  const accept = decision(rules.command('accept')).description(
    'book refunds of this kind as due from now on, when an order that was seen open ends',
  )
  handle<DecideOptions>(registry, accept, (session, options) => run(session, 'accept', options))
  const revoke = decision(rules.command('revoke')).description('book no more refunds of this kind as due')
  handle<DecideOptions>(registry, revoke, (session, options) => run(session, 'revoke', options))
}

function decision(command: Command): Command {
  return askPerson(
    command
      .requiredOption('--source <name>', 'the panel')
      .requiredOption('--kind <kind>', `kind of refund: ${REFUND_CASES.join(', ')}`),
  ).option('--dry-run', 'show what would change, and keep nothing')
}

async function runList(session: Session): Promise<ExitName> {
  return readBook(session, async ({ kysely, book }) => {
    const sources = [...(await sourceIds(kysely, book))].sort(([a], [b]) => (a < b ? -1 : 1))
    const due = new Map((await sumsDue(kysely, book.id)).map((each) => [each.source, each]))
    const found: { readonly source: string; readonly rule: RefundRule }[] = []
    for (const [source, id] of sources)
      for (const rule of await withRounding(kysely, book.id, id)) found.push({ source, rule })
    const dues = sources.flatMap(([source, id]) => {
      const sum = due.get(id)
      return sum === undefined ? [] : [{ source, amount: sum.amount, orders: sum.orders }]
    })
    const view = {
      rules: found.map(({ source, rule }) => ruleView(source, rule)),
      due: dues.map(({ amount, ...each }) => ({ ...each, amount: formatExact(amount) })),
    }
    session.show(view, () => [
      ...session.table(
        COLUMNS,
        found.map(({ source, rule }) => row(source, rule)),
      ),
      '',
      `${counted(found.length, 'rule')}; ${CASES_FOR_A_RULE} proven refunds make one that can be accepted.`,
      ...dues.map(
        ({ source, amount, orders }) => `Due from ${source}: ${formatMoney(amount)} for ${counted(orders, 'order')}.`,
      ),
    ])
    return 'ok'
  })
}

/** The rounding of a rule in force, and what would be accepted of one that is not. */
async function withRounding(db: Kysely<Tables>, book: bigint, source: bigint): Promise<readonly RefundRule[]> {
  const { roundings } = await loadSemantics(db, book, source)
  const rules = await refundRules(db, book, source)
  return rules.map((rule) =>
    rule.refundCase === 'cancel' ? rule : { ...rule, rounding: rule.rounding ?? roundings[rule.refundCase] },
  )
}

function row(source: string, rule: RefundRule): readonly string[] {
  const { refundCase, status, cases, amounts, rounding, by, why, decidedAtMs } = rule
  const when = decidedAtMs === null ? '' : new Date(decidedAtMs).toISOString().slice(0, 10)
  const who = by === '' ? '' : ` by ${by}`
  const decided = decidedAtMs === null ? '' : `${when}${who}: ${why}`
  const enough = `${amounts.length}${amounts.length >= 5 ? '+' : ''}`
  return [source, refundCase, status, `${cases}`, enough, roundingWords(refundCase, rounding), decided]
}

function roundingWords(refundCase: RefundCase, rounding: RefundRounding | null): string {
  if (refundCase === 'cancel') return 'in full'
  return rounding === null ? '' : `${rounding.mode}, ${rounding.decimals} decimals`
}

function ruleView(source: string, { amounts, decidedAtMs, ...rule }: RefundRule) {
  return {
    source,
    ...rule,
    differentAmounts: amounts.length,
    decidedAt: decidedAtMs === null ? null : new Date(decidedAtMs).toISOString(),
  }
}

async function run(
  session: Session,
  decide: 'accept' | 'revoke',
  { source, kind, dryRun = false, ...person }: DecideOptions,
): Promise<ExitName> {
  checkSource(session.book(), source)
  const refundCase = caseArgument(kind)
  return runDatabase(session, { dryRun }, async (database) => {
    const environment = runEnvironment(session, database, createProgress(session.io.stderr))
    const request = { config: session.config(), book: session.book(), env: session.io.env }
    const rule = await decideRefundRule(environment, request, source, { decide, kind: refundCase, ...signed(person) })
    const what =
      decide === 'accept'
        ? `From now on ${kind} refunds of ${source} are booked as due when an order that was seen open ends.`
        : `No more ${kind} refunds of ${source} are booked as due; what is due stays until it is credited or denied.`
    session.show(ruleView(source, rule), () => [what, ...(dryRun ? ['Nothing was kept.'] : [])])
    return 'ok'
  })
}

function caseArgument(text: string): RefundCase {
  const found = REFUND_CASES.find((each) => each === text)
  if (found !== undefined) return found
  throw new InputError('REFUND_KIND', `"${text}" is not a kind of refund.`, `Say one of ${REFUND_CASES.join(', ')}.`)
}
