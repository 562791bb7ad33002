/** A line that is complete in itself: a fee, a charge, income, a transfer leaving, or what a person decided of it; and an item given up. */
import type { Units } from '../money/money.ts'
import { grossOf } from './allot.ts'
import type { AloneMeaning, LineTotal, NamedMeaning, SettledItem, SettledLine } from './settlement.ts'
import { ALONE_TEMPLATES, ITEM_TEMPLATES, type Template } from './templates.ts'
import { added, ownFees } from './totals.ts'

export function settleAlone(line: SettledLine, meaning: AloneMeaning): readonly LineTotal[] {
  const { kind, sign, source } = templateOf(meaning)
  return added([{ kind, source, currency: line.currency, amount: sign * grossOf(line) }, ...ownFees(line)])
}

/** The other side of a ledger account is named by its code, where other kinds name a vendor. */
function templateOf(meaning: AloneMeaning): Template & { readonly source: string } {
  if (isNamed(meaning)) return { ...ALONE_TEMPLATES[meaning], source: '' }
  return { kind: 'other-account', sign: 1n, source: meaning.slice('account:'.length) }
}

function isNamed(meaning: AloneMeaning): meaning is NamedMeaning {
  return Object.hasOwn(ALONE_TEMPLATES, meaning)
}

/** What is left of an item that a person gives up; signed like the item, and never more than it. */
export function writeOffItem(item: SettledItem, amount: Units): LineTotal {
  const { writtenOff, hasSource } = ITEM_TEMPLATES[item.kind]
  return { kind: writtenOff, source: hasSource ? item.source : '', currency: item.currency, amount }
}
