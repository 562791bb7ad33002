/**
 * Whose the sections of a statement file are. Accounts are told apart by their numbers, and by currency where a number has
 * several; what no number tells is a question, so that lines of two accounts never come into one.
 */
import { compareAccounts } from './account-number.ts'

export interface SectionName {
  readonly accountNumber: string | null
  readonly currency: string
}

export interface AccountOfBook {
  readonly name: string
  /** As configured, said, or remembered from its first file; empty when nobody knows it. */
  readonly numbers: readonly string[]
  readonly currency: string
  readonly holdsAny: boolean
}

export type Assignment =
  | {
      readonly kind: 'assigned'
      /** By account, places of sections. */
      readonly taken: ReadonlyMap<string, readonly number[]>
      /** Places of sections that are other accounts', which nobody asked for. */
      readonly left: readonly number[]
    }
  | { readonly kind: 'refused'; readonly problem: AssignmentProblem }

export type AssignmentProblem =
  /** None of its sections is the account's. */
  | { readonly what: 'other-account'; readonly accounts: readonly string[] }
  /** It holds several accounts, and which of them is this one is not known. */
  | { readonly what: 'which-number'; readonly account: string }
  /** A number that several accounts of the book may have. */
  | { readonly what: 'several-owners'; readonly section: number; readonly accounts: readonly string[] }
  /** Several accounts of the file have the number of one of the book. */
  | { readonly what: 'several-numbers'; readonly account: string; readonly sections: readonly number[] }
  /** Sections that no account of the book is known to have. */
  | { readonly what: 'no-owner'; readonly sections: readonly number[] }
  /** Sections without a number, beside others or where only numbers could tell. */
  | { readonly what: 'no-number'; readonly sections: readonly number[] }
  | { readonly what: 'other-currency'; readonly account: string; readonly section: number }

/** `wanted`: by name; empty for all accounts, each of whose sections must then be known. `book`: all accounts. */
export function assignSections(
  sections: readonly SectionName[],
  book: readonly AccountOfBook[],
  wanted: readonly string[],
): Assignment {
  const [only] = wanted
  const account = wanted.length === 1 ? book.find(({ name }) => name === only) : undefined
  return account === undefined ? toSeveral(sections, book, wanted) : toOne(sections, book, account)
}

function toOne(sections: readonly SectionName[], book: readonly AccountOfBook[], account: AccountOfBook): Assignment {
  const places = sections.map((_, place) => place)
  const named = places.filter((place) => numberOf(sections, place) !== '')
  if (named.length === 0) return within(sections, account, places, [], book)
  if (named.length < places.length)
    return refused({ what: 'no-number', sections: places.filter((place) => !named.includes(place)) })
  const owners = sections.map((section) => ownersOf(section, book))
  if (account.numbers.length === 0) {
    if (numbersOf(sections, places).length > 1) return refused({ what: 'which-number', account: account.name })
    const others = (owners[0] ?? []).filter((name) => name !== account.name)
    return others.length > 0
      ? refused({ what: 'other-account', accounts: others })
      : within(sections, account, places, [], book)
  }
  const own = places.filter((place) => isOf(numberOf(sections, place), account) === 'same')
  const mine = own.filter((place) => !isAnothers(sections, owners, book, place, account))
  if (mine.length === 0) {
    const isUntold = places.every((place) => isOf(numberOf(sections, place), account) === 'unknown')
    if (isUntold && numbersOf(sections, places).length === 1) return within(sections, account, places, [], book)
    return refused({
      what: 'other-account',
      accounts: [...new Set(owners.flat())].filter((name) => name !== account.name),
    })
  }
  const several = mine.find((place) => (owners[place] ?? []).length > 1)
  if (several !== undefined)
    return refused({ what: 'several-owners', section: several, accounts: owners[several] ?? [] })
  if (numbersOf(sections, mine).length > 1)
    return refused({ what: 'several-numbers', account: account.name, sections: mine })
  return within(
    sections,
    account,
    mine,
    places.filter((place) => !mine.includes(place)),
    book,
  )
}

/** A bank account has one currency; what its number has in others is another account's of the book, or refused. */
function within(
  sections: readonly SectionName[],
  account: AccountOfBook,
  mine: readonly number[],
  left: readonly number[],
  book: readonly AccountOfBook[],
): Assignment {
  const fits = (place: number): boolean => account.holdsAny || sections[place]?.currency === account.currency
  const foreign = mine.filter((place) => !fits(place))
  const unowned = foreign.find((place) => {
    const section = sections[place]
    return section === undefined || ownersOf(section, book).every((name) => name === account.name)
  })
  if (unowned !== undefined) return refused({ what: 'other-currency', account: account.name, section: unowned })
  return { kind: 'assigned', taken: new Map([[account.name, mine.filter(fits)]]), left: [...left, ...foreign] }
}

function toSeveral(
  sections: readonly SectionName[],
  book: readonly AccountOfBook[],
  wanted: readonly string[],
): Assignment {
  const places = sections.map((_, place) => place)
  const unnamed = places.filter((place) => numberOf(sections, place) === '')
  if (unnamed.length > 0) return refused({ what: 'no-number', sections: unnamed })
  const unknown = wanted.find((name) => book.find((each) => each.name === name)?.numbers.length === 0)
  if (unknown !== undefined) return refused({ what: 'which-number', account: unknown })
  const owners = sections.map((section) => ownersOf(section, book))
  const several = places.find((place) => (owners[place] ?? []).length > 1)
  if (several !== undefined)
    return refused({ what: 'several-owners', section: several, accounts: owners[several] ?? [] })
  const isWanted = (name: string | undefined): boolean =>
    name !== undefined && (wanted.length === 0 || wanted.includes(name))
  const left = places.filter((place) => !isWanted(owners[place]?.[0]))
  if (wanted.length === 0 && left.length > 0) return refused({ what: 'no-owner', sections: left })
  if (left.length === places.length) return refused({ what: 'other-account', accounts: [...new Set(owners.flat())] })
  const taken = new Map<string, readonly number[]>()
  for (const place of places) {
    const [owner] = owners[place] ?? []
    if (owner === undefined || !isWanted(owner)) continue
    taken.set(owner, [...(taken.get(owner) ?? []), place])
  }
  for (const [name, own] of taken) {
    if (numbersOf(sections, own).length > 1) return refused({ what: 'several-numbers', account: name, sections: own })
    const account = book.find((each) => each.name === name)
    const foreign = own.find((place) => account?.holdsAny !== true && sections[place]?.currency !== account?.currency)
    if (foreign !== undefined) return refused({ what: 'other-currency', account: name, section: foreign })
  }
  return { kind: 'assigned', taken, left }
}

/** Those whose number it is, of these the ones with its currency, of these the ones that write it in full. */
function ownersOf({ accountNumber, currency }: SectionName, book: readonly AccountOfBook[]): readonly string[] {
  if (accountNumber === null) return []
  const same = book.filter((account) => isOf(accountNumber, account) === 'same')
  const fitting = same.filter((account) => account.holdsAny || account.currency === currency)
  const left = fitting.length > 0 ? fitting : same
  const exact = left.filter(({ numbers }) => numbers.some((number) => plain(number) === plain(accountNumber)))
  return (exact.length > 0 ? exact : left).map(({ name }) => name)
}

/** It may be this one's by its last digits, and is another's in full. */
function isAnothers(
  sections: readonly SectionName[],
  owners: readonly (readonly string[])[],
  book: readonly AccountOfBook[],
  place: number,
  account: AccountOfBook,
): boolean {
  const own = owners[place] ?? []
  if (own.length === 0 || own.includes(account.name)) return false
  const number = plain(numberOf(sections, place))
  return book.some(({ name, numbers }) => own.includes(name) && numbers.some((each) => plain(each) === number))
}

function isOf(number: string, { numbers }: AccountOfBook): 'same' | 'other' | 'unknown' {
  const compared = numbers.map((each) => compareAccounts(each, number))
  return compared.includes('same') ? 'same' : compared.includes('unknown') ? 'unknown' : 'other'
}

/** One of each way to write one: two ways in one file are two accounts. */
function numbersOf(sections: readonly SectionName[], places: readonly number[]): readonly string[] {
  const numbers: string[] = []
  for (const place of places) {
    const number = numberOf(sections, place)
    if (!numbers.some((each) => plain(each) === plain(number))) numbers.push(number)
  }
  return numbers
}

function numberOf(sections: readonly SectionName[], place: number): string {
  return sections[place]?.accountNumber?.trim() ?? ''
}

function plain(number: string): string {
  return number.replaceAll(/[^0-9\p{L}]/gu, '').toUpperCase()
}

function refused(problem: AssignmentProblem): Assignment {
  return { kind: 'refused', problem }
}
