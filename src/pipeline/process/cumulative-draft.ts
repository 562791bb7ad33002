/** The draft that brings one kind of one object to a total: the difference to what the ledger holds, or nothing. */
import { findPostingRule } from '../../domain/posting-rules.ts'
import type { Units } from '../../domain/money/money.ts'
import type { IsoDate, TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../log/landing.ts'
import { positions } from '../../ledger/positions.ts'
import { draftOf, evidenceOf, type BatchContext, type ContextSource } from './context.ts'
import type { RuleNumber } from '../../domain/rule-book.ts'

export interface Wanted {
  readonly object: string
  readonly kind: string
  /** In total; never negative. */
  readonly total: Units
  readonly date: IsoDate
  readonly rule: RuleNumber
  readonly memo: string
}

/** Null as well when the rules in force do not know the kind: books from before it are not made to. */
export async function cumulativeDraft(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  { object, kind, total, date, rule, memo }: Wanted,
): Promise<TransactionDraft | null> {
  if (findPostingRule(context.rules, { sourceKind: source.kind, kind }) === undefined) return null
  const held = (await positions(context.db, context.book, source.id, [object])).get(object)?.get(kind)
  const amount = total - (held?.cumulative ?? 0n)
  if (amount === 0n) return null
  const version = (held?.version ?? 0) + 1
  const evidence = evidenceOf(item)
  return draftOf(context, {
    source,
    object,
    kind,
    version,
    amount,
    cumulative: total,
    effectiveDate: date,
    rule,
    memo,
    evidence,
  })
}
