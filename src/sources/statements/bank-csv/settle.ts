/**
 * The direction of a file's amounts, by rule and not by search: what is said, then the account's profile, then minus is
 * out in a bank account, and a card's is asked about. Balances have to follow. Where an account's first file does not
 * follow, only the opposite is tried; a later file is read by the profile or refused.
 */
import type { BankProfile } from '../../../domain/statements/bank-profile.ts'
import type { ReadOptions } from '../options.ts'
import {
  directionOpen,
  doesNotFollow,
  feeOpen,
  kindChanged,
  cardInBank,
  cardSignOpen,
  creditOpen,
} from './questions.ts'
import { tryWays, type SectionDraft, type Tried, type Ways } from './tries.ts'

/** What the columns of the file tell. */
export interface Told {
  /** The amount is one signed column, whose direction nothing names. */
  readonly isOneColumn: boolean
  /** No amount has a minus. */
  readonly isUnsigned: boolean
  /** Its column of types holds several words, which may name directions. */
  readonly hasTypes: boolean
  /** Its credits are negative, and nobody has named the column. */
  readonly isCreditOpen: boolean
  /** A column that a card's download has. */
  readonly isCard: boolean
  /** The column is called the balance before each line. */
  readonly isBalanceBefore: boolean
  /** A person has named the column of fees, so they are on top. */
  readonly isFeeNamed: boolean
}

export interface Settled {
  readonly taken: Tried
  readonly remarks: readonly string[]
}

/** `kept`: the account's profile, where what was said leaves its direction in force. Throws InputError. */
export function settle(
  fileName: string,
  drafts: readonly SectionDraft[],
  told: Told,
  kept: BankProfile | null,
  options: ReadOptions,
): Settled {
  const sign = options.columns?.sign ?? null
  if (sign === null && kept === null && told.isOneColumn) {
    if (options.accountKind === 'card') throw cardSignOpen(fileName, drafts)
    if (told.isCard) throw cardInBank(fileName)
  }
  if (kept !== null && kept.kind !== options.accountKind && sign === null) throw kindChanged(fileName, kept.kind)
  const ways = waysOf(drafts, told, kept, options)
  let usual: Tried | undefined
  let best: Tried | undefined
  const fitting: Tried[] = []
  for (const each of tryWays(drafts, ways)) {
    usual ??= each
    if (each.kind === 'foots') fitting.push(each)
    if (best === undefined || (each.way.sign === best.way.sign && each.agreed > best.agreed)) best = each
    // What has nothing to compare has nothing in any way, and what follows in the usual way is read so.
    if (usual.kind !== 'differs') break
  }
  if (usual === undefined || best === undefined) throw new RangeError('a file has at least one way to be read')
  const [first] = fitting
  if (first !== undefined) {
    // Lines of one day in the opposite order fit where their balances are those before them.
    const isWeak = first.way.sign !== usual.way.sign && daysOf(drafts).size === 1
    if (isWeak || new Set(fitting.map(({ way }) => way.sign)).size > 1) throw directionOpen(fileName, drafts)
    return { taken: first, remarks: remarksOf(first, usual) }
  }
  if (told.isCreditOpen) throw creditOpen(fileName)
  if (usual.kind === 'unproven') {
    const isKnown = kept !== null || sign !== null || !told.isOneColumn
    if (!isKnown && told.isUnsigned && told.hasTypes) throw directionOpen(fileName, drafts)
    if (ways.fees.length > 1) throw feeOpen(fileName)
    return { taken: usual, remarks: remarksOf(usual, usual) }
  }
  // A person has looked at its balances: then it is taken, and told as not adding up.
  if (options.balance === null) throw doesNotFollow(fileName, best, kept, told.isOneColumn, options.accountKind)
  return { taken: best, remarks: remarksOf(best, usual) }
}

function waysOf(
  drafts: readonly SectionDraft[],
  told: Told,
  kept: BankProfile | null,
  { columns, balance, order, accountKind }: ReadOptions,
): Ways {
  const hasFees = drafts.some(({ lines }) => lines.some(({ fee }) => fee !== null))
  const sign = columns?.sign ?? kept?.sign ?? null
  const isOwed = kept?.isOwed ?? null
  const isFeeOnTop = told.isFeeNamed || (kept?.isFeeOnTop ?? null)
  return {
    signs: sign !== null ? [sign] : told.isOneColumn ? ['in-positive', 'out-positive'] : ['in-positive'],
    // Only balances that are all negative may be what is owed with a minus: else a wrong sign would follow, too.
    owed: accountKind !== 'card' ? [false] : isOwed !== null ? [isOwed] : isBelowZero(drafts) ? [false, true] : [true],
    fees: !hasFees ? [false] : isFeeOnTop !== null ? [isFeeOnTop] : [false, true],
    balance: balance ?? kept?.balance ?? (told.isBalanceBefore ? 'before' : 'after'),
    orders: order === null ? ['oldest-first', 'newest-first'] : [order],
    usualOrder: kept?.order ?? null,
  }
}

function daysOf(drafts: readonly SectionDraft[]): ReadonlySet<string> {
  return new Set(drafts.flatMap(({ lines }) => lines.map(({ date }) => date)))
}

/** Printed balances that are all zero or negative, and not all zero. */
function isBelowZero(drafts: readonly SectionDraft[]): boolean {
  const printed = drafts.flatMap(({ lines, stated }) => [
    ...lines.map(({ balance }) => balance ?? 0n),
    stated.opening ?? 0n,
    stated.closing ?? 0n,
  ])
  return printed.some((balance) => balance < 0n) && printed.every((balance) => balance <= 0n)
}

function remarksOf({ way }: Tried, { way: usual }: Tried): readonly string[] {
  const remarks: string[] = []
  if (way.sign !== usual.sign)
    remarks.push('Its balances only follow if positive amounts went out; they are turned round.')
  if (way.isOwed) remarks.push('Its balances are what is owed; they are turned round.')
  if (way.isFeeOnTop && !usual.isFeeOnTop)
    remarks.push('Its balances only follow if fees were taken on top of the amounts.')
  return remarks
}
