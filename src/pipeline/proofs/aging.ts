/**
 * Everything that is open, by age and owner: expected payments, statement lines nothing explains, exceptions, and what
 * stands in suspense. An item is as old as the day it was expected from; a line as its booking day.
 */
import type { ExceptionPolicy } from '../../config/money-model.ts'
import { ageDays, agingOf, type AgedItem, type AgingRow } from '../../domain/exceptions/aging.ts'
import { ruleOf } from '../../domain/exceptions/codes.ts'
import { standingOf } from '../../domain/exceptions/severity.ts'
import { suspenseAccounts } from '../../domain/proofs/clearing.ts'
import { leftOver } from '../../domain/proofs/left-over.ts'
import { daysBetween } from '../../domain/time/dates.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import { openItems } from '../../evidence/open-items.ts'
import { openLines } from '../../evidence/statements/lines.ts'
import { listExceptions } from '../../reconcile/exceptions.ts'
import type { ProofScope } from './scope.ts'

export const AGED = ['payout', 'open item', 'statement line', 'suspense', 'exception'] as const
export type Aged = (typeof AGED)[number]

export interface AgingSum extends AgingRow {
  readonly what: Aged
  readonly owner: string
}

export interface AgedAt {
  readonly day: IsoDate
  readonly nowMs: number
}

type Owned = AgedItem & { readonly what: Aged; readonly owner: string }

/** Whose each kind is, as the exception it becomes. */
const CODE_OF = { payout: 'PAYOUT_OVERDUE', 'open item': 'TOP_UP_MISSING', 'statement line': 'LINE_UNMATCHED' } as const

export async function ageOpen(scope: ProofScope, policy: ExceptionPolicy, at: AgedAt): Promise<readonly AgingSum[]> {
  const { db, book, accounts, timeZone } = scope
  const days = (date: IsoDate): number => Math.max(0, daysBetween(date, at.day))
  const ownerOf = (code: string): string =>
    policy.owners.get(code) ?? policy.owners.get('default') ?? ruleOf(code).owner
  const owned = (what: keyof typeof CODE_OF, item: AgedItem): Owned => ({
    ...item,
    what,
    owner: ownerOf(CODE_OF[what]),
  })
  const items = (await openItems(db, book)).map(({ kind, amount, matched, currency, date }) =>
    owned(kind === 'payout' ? 'payout' : 'open item', { amount: amount - matched, currency, days: days(date) }),
  )
  const ids = accounts.map(({ id }) => id)
  const lines = (await openLines(db, book, ids)).map(({ amount, matched, currency, date }) =>
    owned('statement line', { amount: amount - matched, currency, days: days(date) }),
  )
  const open = await listExceptions(db, book, { status: 'open' })
  const exceptions = open.map((each): Owned => {
    const { owner } = standingOf(each, { ...policy, timeZone }, at.nowMs)
    const { amount, currency, openedMs } = each
    return { what: 'exception', owner, amount, currency, days: ageDays(openedMs, at.nowMs) }
  })
  const suspense = (await suspenseOf(scope)).map(({ currency, day, amount }): Owned => ({
    what: 'suspense',
    owner: policy.owners.get('default') ?? 'controller',
    amount,
    currency,
    days: days(day),
  }))
  return sumsOf([...items, ...lines, ...suspense, ...exceptions])
}

function sumsOf(all: readonly Owned[]): readonly AgingSum[] {
  return AGED.flatMap((what) => {
    const mine = all.filter((each) => each.what === what)
    const owners = [...new Set(mine.map(({ owner }) => owner))].sort()
    return owners.flatMap((owner) =>
      agingOf(mine.filter((each) => each.owner === owner)).map((row) => ({ what, owner, ...row })),
    )
  })
}

async function suspenseOf({ db, book, rules, sources }: ProofScope) {
  const accounts = suspenseAccounts(
    rules,
    sources.map(({ name }) => name),
  )
  if (accounts.size === 0) return []
  const rows = await db
    .selectFrom('balance as b')
    .innerJoin('account as a', (join) => join.onRef('a.book', '=', 'b.book').onRef('a.id', '=', 'b.account'))
    .select(['a.key', 'b.currency', 'b.day', 'b.debit', 'b.credit'])
    .where('b.book', '=', book)
    .where('a.key', 'in', [...accounts])
    .orderBy('a.key')
    .orderBy('b.currency')
    .orderBy('b.day')
    .execute()
  return [...Map.groupBy(rows, ({ key, currency }) => `${currency} ${key}`).values()].flatMap((own) =>
    leftOver(own.map(({ day, debit, credit }) => ({ day, amount: debit - credit }))).map((each) => ({
      ...each,
      currency: own[0]?.currency ?? '',
    })),
  )
}
