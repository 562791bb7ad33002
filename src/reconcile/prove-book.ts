/** The roll-forward of every wallet and receivable of a book, by the posting rules in force. */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { findPostingRule, SOURCE_PLACEHOLDER, type PostingRules, type SourceKind } from '../domain/posting-rules.ts'
import type { CounterMode } from '../payelancer/rules/reading.ts'
import { ALL_KNOWN, rollForward, type Known, type RollForward } from './roll-forward.ts'

/** The rule whose one side is the control account, and which side that is. */
const CONTROL_SIDE = {
  panel: { kind: 'charge', side: 'credit' },
  advertiser: { kind: 'spend', side: 'credit' },
  publisher: { kind: 'earn', side: 'debit' },
} as const

export interface ProvenBook {
  readonly rules: PostingRules
  readonly sources: readonly {
    readonly name: string
    readonly kind: SourceKind
    readonly currency: string
    readonly counterMode?: CounterMode
  }[]
}

/** `known` reads the proofs as they were at an earlier place of the ledger and the landing. */
export async function proveBook(
  db: Kysely<Tables>,
  book: bigint,
  plan: ProvenBook,
  known: Known = ALL_KNOWN,
): Promise<readonly RollForward[]> {
  const rows = await db.selectFrom('source').select(['id', 'name']).where('book', '=', book).execute()
  const ids = new Map(rows.map((row) => [row.name, row.id]))
  const proofs: RollForward[] = []
  for (const { name, kind, currency, counterMode } of plan.sources) {
    const sourceId = ids.get(name)
    const account = controlAccount(plan.rules, kind, name)
    if (sourceId === undefined || account === null) continue
    const mode = counterMode ?? null
    proofs.push(await rollForward(db, book, { source: name, sourceId, kind, account, currency, mode }, known))
  }
  return proofs
}

/** The wallet or receivable of a source: the account its charges, spending or earnings move. */
export function controlAccount(rules: PostingRules, kind: SourceKind, source: string): string | null {
  const { kind: event, side } = CONTROL_SIDE[kind]
  const rule = findPostingRule(rules, { sourceKind: kind, kind: event })
  return rule === undefined ? null : rule[side].replaceAll(SOURCE_PLACEHOLDER, source)
}
