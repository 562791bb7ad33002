/** How lines come onto the accounts: at once, or on a later day. Banks book on business days in the morning, PayPal at any time. */
import { weekdayOf } from '../../../domain/time/business-days.ts'
import { isoDateInZone } from '../../../domain/time/dates.ts'
import { DAY_MS, HOUR_MS, schedule } from '../state.ts'
import type { World } from '../state.ts'
import { netOf } from './state.ts'
import type { MoneyLine, MoneyState, PlantedError } from './state.ts'

export type NewLine = Pick<MoneyLine, 'account' | 'gross' | 'party' | 'text' | 'about'> & Partial<MoneyLine>

/** Books a line now, and says under which id. */
export function bookLine(world: World, money: MoneyState, line: NewLine): string {
  money.lineCount += 1
  const serial = String(money.lineCount)
  const id = line.account === 'paypal' ? `5PP${serial.padStart(14, '0')}` : `BK${serial.padStart(8, '0')}`
  const booked: MoneyLine = {
    currency: 'USD',
    fee: 0n,
    status: 'posted',
    type: 'payment',
    reference: '',
    relatedId: '',
    ...line,
    id,
    atMs: world.nowMs,
  }
  money.lines.push(booked)
  if (booked.about.startsWith('payout ') && booked.account === 'paypal' && booked.status === 'posted') {
    money.toWithdraw += netOf(booked)
  }
  return id
}

export function bookLater(world: World, atMs: number, line: NewLine): void {
  schedule(world, atMs, { kind: 'money-line', line })
}

/** Nine o'clock of the first business day after so many days. */
export function bankMorning(nowMs: number, days: number): number {
  let morning = dayStart(nowMs) + days * DAY_MS + 9 * HOUR_MS
  while (weekdayOf(isoDateInZone(morning, 'UTC')) > 5) morning += DAY_MS
  return morning
}

export function dayStart(ms: number): number {
  return Math.floor(ms / DAY_MS) * DAY_MS
}

/** True once, when an error of this kind is planted for today or before: it happens now and never again. */
export function strikes(world: World, money: MoneyState, kind: PlantedError['kind']): boolean {
  const today = Math.floor((world.nowMs - world.options.startMs) / DAY_MS) + 1
  const index = money.errors.findIndex((error) => error.kind === kind && error.day <= today)
  if (index < 0) return false
  money.errors.splice(index, 1)
  return true
}
