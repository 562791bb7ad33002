/** Which accounts and sources a book's proofs are about: from the configuration for a person, from the landed settings in a batch. */
import type { Kysely } from 'kysely'
import type { BookConfig } from '../../config/model.ts'
import type { Tables } from '../../db/tables.ts'
import type { PostingRules, SourceKind } from '../../domain/posting-rules.ts'
import { sourceIds, type Book } from '../../ledger/books.ts'
import type { BatchContext } from '../process/context.ts'

export interface ProvenAccount {
  readonly id: bigint
  readonly name: string
  /** The ledger's key: "1050:paypal". */
  readonly key: string
  /** From which day its statements are imported, by the settings. */
  readonly from: string | null
}

export interface ProvenSource {
  readonly id: bigint
  readonly name: string
  readonly kind: SourceKind
  readonly currency: string
}

export interface ProofScope {
  readonly db: Kysely<Tables>
  readonly book: bigint
  readonly bookCurrency: string
  readonly timeZone: string
  readonly rules: PostingRules
  readonly ratesMaxAgeDays: number
  readonly accounts: readonly ProvenAccount[]
  readonly sources: readonly ProvenSource[]
}

/** By the configuration; accounts and sources that no run has met yet are left out. */
export async function scopeOfBook(
  db: Kysely<Tables>,
  book: Book,
  config: BookConfig,
  rules: PostingRules,
): Promise<ProofScope> {
  const kinds = config.sources.map((source) => ({
    name: source.name,
    currency: source.currency,
    kind: source.type === 'panel' ? ('panel' as const) : source.role,
  }))
  const { currency, timeZone, accounts, ratesMaxAgeDays } = config
  const ids = await sourceIds(db, book)
  return scopeOf({ db, book: book.id, ids, currency, timeZone, rules, ratesMaxAgeDays, accounts, sources: kinds })
}

export function scopeOfBatch({ db, book, settings, sourceIds: ids, rules }: BatchContext): ProofScope {
  const { currency, timeZone } = settings.book
  const { accounts = [], ratesMaxAgeDays = 0 } = settings.money ?? {}
  return scopeOf({ db, book, ids, currency, timeZone, rules, ratesMaxAgeDays, accounts, sources: settings.sources })
}

interface Named {
  readonly db: Kysely<Tables>
  readonly book: bigint
  readonly ids: ReadonlyMap<string, bigint>
  readonly currency: string
  readonly timeZone: string
  readonly rules: PostingRules
  readonly ratesMaxAgeDays: number
  readonly accounts: readonly {
    readonly name: string
    readonly code: string
    readonly from?: string | null | undefined
  }[]
  readonly sources: readonly { readonly name: string; readonly kind: SourceKind; readonly currency: string }[]
}

function scopeOf({ ids, currency, accounts, sources, ...rest }: Named): ProofScope {
  return {
    ...rest,
    bookCurrency: currency,
    accounts: accounts.flatMap(({ name, code, from = null }) => {
      const id = ids.get(name)
      return id === undefined ? [] : [{ id, name, key: `${code}:${name}`, from }]
    }),
    sources: sources.flatMap(({ name, kind, currency: own }) => {
      const id = ids.get(name)
      return id === undefined ? [] : [{ id, name, kind, currency: own }]
    }),
  }
}
