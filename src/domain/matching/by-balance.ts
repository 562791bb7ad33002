/**
 * Steps "reference" and "group": everything that names one reference comes to the same sum on both sides. One line and
 * one item are a pair; so are several whose amounts tell them apart; the rest is one match of many to many.
 */
import { assignByWindow, type Pair } from './assign.ts'
import { isOpen, total, type Board, type Party } from './board.ts'
import { groups } from './groups.ts'
import { byAmount, hubsOf, membersOf, type Hub } from './hubs.ts'
import { hold, settle } from './verdicts.ts'

export function matchBalancedReferences(board: Board): void {
  const hubs = hubsOf(board)
    .filter(({ lines, items }) => total(lines) === total(items))
    .sort((a, b) => a.lines.length + a.items.length - b.lines.length - b.items.length)
  const clashing = clashes(hubs)
  for (const hub of hubs) {
    if (!clashing.has(hub)) settleHub(board, hub)
  }
  holdClashes(board, [...clashing])
}

/** Hubs that overlap without one being inside the other: each balances, but only one of them can be what happened. */
function clashes(hubs: readonly Hub[]): ReadonlySet<Hub> {
  const hubsByParty = new Map<Party, Hub[]>()
  for (const hub of hubs) {
    for (const party of membersOf(hub)) {
      const known = hubsByParty.get(party)
      if (known === undefined) hubsByParty.set(party, [hub])
      else known.push(hub)
    }
  }
  const clashing = new Set<Hub>()
  for (const hub of hubs) {
    const shared = new Map<Hub, number>()
    for (const party of membersOf(hub)) {
      for (const other of hubsByParty.get(party) ?? []) shared.set(other, (shared.get(other) ?? 0) + 1)
    }
    for (const [other, count] of shared) {
      if (count < Math.min(membersOf(hub).length, membersOf(other).length)) clashing.add(hub)
    }
  }
  return clashing
}

/** What smaller hubs have taken out of it balanced, so what is left still balances. */
function settleHub(board: Board, hub: Hub): void {
  const lines = hub.lines.filter(isOpen)
  const items = hub.items.filter(isOpen)
  if (lines.length === 0 || items.length === 0) return
  const pairs = pairsByAmount(lines, items)
  if (pairs === null) {
    const what = `${count(lines, 'line')} and ${count(items, 'item')}`
    const reason = `${what} name "${hub.reference}" and come to the same sum.`
    settle(board, { step: 'group', lines, items, sure: true, reason })
    return
  }
  const reason = `Both name "${hub.reference}", and the amounts are equal.`
  for (const [line, item] of pairs)
    settle(board, { step: 'reference', lines: [line], items: [item], sure: true, reason })
}

/** Pairs that leave nobody over, or null: then only the whole is sure. */
function pairsByAmount(lines: readonly Party[], items: readonly Party[]): readonly Pair[] | null {
  if (lines.length !== items.length) return null
  const sameItems = byAmount(items)
  const pairs: Pair[] = []
  for (const [amount, same] of byAmount(lines)) {
    const partners = sameItems.get(amount) ?? []
    const [line, item] = [same[0], partners[0]]
    if (partners.length !== same.length || line === undefined || item === undefined) return null
    const found = same.length === 1 ? [[line, item] as const] : assignByWindow(same, partners).pairs
    if (found.length !== same.length) return null
    pairs.push(...found)
  }
  return pairs
}

function holdClashes(board: Board, clashing: readonly Hub[]): void {
  const joined = groups()
  for (const hub of clashing) {
    const members = membersOf(hub).filter(isOpen)
    for (const party of members) joined.join(members[0] ?? party, party)
  }
  for (const parties of joined.sets()) {
    const known = new Set(parties)
    const alternatives = clashing.filter((hub) => membersOf(hub).some((party) => known.has(party)))
    const names = alternatives.map(({ reference }) => `"${reference}"`)
    const shown = `${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''}`
    hold(board, {
      step: 'group',
      parties,
      alternatives,
      count: alternatives.length,
      counted: true,
      reason: `References ${shown} each balance but share some of their lines or items.`,
    })
  }
}

export function count(parties: readonly Party[], noun: string): string {
  return `${parties.length.toLocaleString('en')} ${noun}${parties.length === 1 ? '' : 's'}`
}
