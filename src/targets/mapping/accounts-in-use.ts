/** Every account a journal of the book can touch: what the ledger has postings on, and what the posting rules name for its sources. */
import type { Kysely } from 'kysely'
import type { BookConfig } from '../../config/model.ts'
import type { Tables } from '../../db/tables.ts'
import { DECIDED_KINDS, SOURCE_PLACEHOLDER, type PostingRules } from '../../domain/posting-rules.ts'
import { compareKeys } from '../../domain/journals/rounding.ts'
import type { AccountInUse } from './check-mapping.ts'

type Named = Pick<AccountInUse, 'key' | 'currency'>

export async function accountsInUse(
  db: Kysely<Tables>,
  book: bigint,
  config: Pick<BookConfig, 'sources'>,
  rules: PostingRules,
): Promise<readonly AccountInUse[]> {
  const posted = await db
    .selectFrom('balance')
    .innerJoin('account', (join) =>
      join.onRef('account.book', '=', 'balance.book').onRef('account.id', '=', 'balance.account'),
    )
    .select(['account.key', 'balance.currency'])
    .distinct()
    .where('balance.book', '=', book)
    .execute()
  const found = new Map<string, AccountInUse>()
  for (const each of accountsOfRules(config, rules)) found.set(idOf(each), { ...each, hasPostings: false })
  for (const each of posted) found.set(idOf(each), { ...each, hasPostings: true })
  return [...found.values()].toSorted((a, b) => compareKeys(a.key, b.key) || compareKeys(a.currency, b.currency))
}

function idOf({ key, currency }: Named): string {
  return `${key} ${currency}`
}

function accountsOfRules({ sources }: Pick<BookConfig, 'sources'>, { bySourceKind }: PostingRules): readonly Named[] {
  return sources.flatMap((source) => {
    const { always, byRecognition } = bySourceKind[source.type === 'panel' ? 'panel' : source.role]
    return [
      ...[...always].flatMap(([kind, rule]) => (DECIDED_KINDS.has(kind) ? [] : [rule])),
      ...byRecognition.order.values(),
    ]
      .flatMap(({ debit, credit }) => [debit, credit])
      .map((template) => ({
        key: template.replaceAll(SOURCE_PLACEHOLDER, source.name),
        currency: source.currency,
      }))
  })
}
