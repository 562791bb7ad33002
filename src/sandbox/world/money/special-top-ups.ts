/** Top-ups beside those a low wallet asks for: one credited late, and twins that nothing tells apart. */
import { mustParseMoney } from '../amounts.ts'
import type { World } from '../state.ts'
import { bankMorning, bookLater, bookLine } from './book.ts'
import type { MoneyState } from './state.ts'
import { partyOf } from './top-ups.ts'

/** A wire without a reference, that the panel credits only two days later. */
export function payLate(world: World, money: MoneyState): void {
  const [panel] = world.panels.values()
  if (panel === undefined) return
  const about = `top-up ${panel.options.name}-late-1`
  const text = `WIRE OUT ${partyOf(world, panel.options.name)}`
  const amount = mustParseMoney('133.70')
  bookLine(world, money, { account: 'checking', gross: -amount, party: text.slice(9), about, text })
}

export function creditLate(world: World): void {
  const [panel] = world.panels.values()
  if (panel === undefined) return
  const amount = mustParseMoney('133.70')
  panel.wallet += amount
  panel.topUps.push({ atMs: world.nowMs, amount, reference: `${panel.options.name}-late-1`, method: 'Wire' })
}

/** Two payments that nothing tells apart, and two receipts. */
export function payTwins(world: World): void {
  const [panel] = world.panels.values()
  if (panel === undefined) return
  const amount = mustParseMoney('61.00')
  const party = partyOf(world, panel.options.name)
  for (const twin of ['a', 'b']) {
    const reference = `${panel.options.name}-twin-${twin}`
    panel.wallet += amount
    panel.topUps.push({ atMs: world.nowMs, amount, reference, method: 'Wire' })
    bookLater(world, bankMorning(world.nowMs, 1), {
      account: 'checking',
      gross: -amount,
      party,
      text: `WIRE OUT ${party}`,
      about: `top-up ${reference}`,
    })
  }
}
