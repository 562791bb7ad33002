/**
 * Which difference a person asks about: by an account of the ledger, or by the name of a source or money account, whose
 * own account is meant.
 */
import { didYouMean } from '../../config/suggest.ts'
import { InputError } from '../../domain/errors.ts'
import type { Units } from '../../domain/money/money.ts'
import { proveBook } from '../../reconcile/prove-book.ts'
import type { CashMonth } from '../../domain/proofs/cash.ts'
import { proveCashOf } from './cash.ts'
import { proveClearing } from './clearing.ts'
import { proveConversion } from './conversion.ts'
import type { ProofScope } from './scope.ts'

export interface ExplainedSubject {
  readonly kind: 'vendor' | 'money' | 'clearing'
  /** The ledger's key. */
  readonly account: string
  /** The source or money account; '' for clearing accounts that all share. */
  readonly source: string
  readonly currency: string
  /** The other side less the books; of clearing accounts, the books less what is open. Null when the other side is not known. */
  readonly difference: Units | null
  /** Where the difference comes from, for a person: "statement less books, beyond the lines that are not booked". */
  readonly basis: string
  /** Of a money account, the last month proven. */
  readonly month: CashMonth | null
}

/** Throws InputError for what no proof is about, naming what there is. */
export async function findSubject(scope: ProofScope, asked: string, currency?: string): Promise<ExplainedSubject> {
  const all = await subjectsOf(scope)
  const named = all.filter(({ account, source }) => account === asked || source === asked)
  const own = named.filter((each) => each.kind !== 'clearing' || each.account === asked)
  const found = own.filter((each) => currency === undefined || each.currency === currency)
  const [first, ...more] = found
  if (first === undefined) {
    const names = [...new Set(all.map(({ account }) => account))]
    const message = `No proof is about "${asked}"${currency === undefined ? '' : ` in ${currency}`}.`
    throw new InputError('NOTHING_PROVEN', message, `There are ${names.join(', ')}.${didYouMean(asked, names)}`)
  }
  const open = found.filter(({ difference }) => difference !== null && difference !== 0n)
  if (more.length > 0 && open.length > 1) {
    const message = `${asked} differs in several currencies: ${open.map((each) => each.currency).join(', ')}.`
    throw new InputError('CURRENCY_NEEDED', message, 'Name one with --currency.')
  }
  return open[0] ?? first
}

async function subjectsOf(scope: ProofScope): Promise<readonly ExplainedSubject[]> {
  const { db, book, rules, sources } = scope
  const vendors = await proveBook(db, book, { rules, sources })
  const conversion = await proveConversion(scope)
  return [
    ...vendors.map(({ account, source, currency, difference }): ExplainedSubject => ({
      kind: 'vendor',
      account,
      source,
      currency,
      difference,
      basis: 'vendor less books',
      month: null,
    })),
    ...(await proveCashOf(scope)).map(({ account, currency, months }): ExplainedSubject => {
      const month = months.at(-1) ?? null
      const basis = 'statement less books, beyond the lines and transactions listed by the proof of cash'
      const difference = month?.unexplained?.closing ?? null
      return { kind: 'money', account: account.key, source: account.name, currency, difference, basis, month }
    }),
    ...(await proveClearing(scope)).map(({ account, source, currency, difference }): ExplainedSubject => ({
      kind: 'clearing',
      account,
      source,
      currency,
      difference,
      basis: 'books less open items',
      month: null,
    })),
    ...(conversion?.currencies ?? []).map(({ currency, difference }): ExplainedSubject => ({
      kind: 'clearing',
      account: conversion?.account ?? '',
      source: '',
      currency,
      difference,
      basis: 'books less what the matches in force post',
      month: null,
    })),
  ]
}
