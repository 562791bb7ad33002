/**
 * What happens to the accounts by the calendar: cut-offs, clients who pay on Mondays, the bank's monthly fee, PayPal kept
 * between two marks by transfers that take a day, and a tool that is paid in EUR.
 */
import { weekdayOf } from '../../../domain/time/business-days.ts'
import { isoDateInZone } from '../../../domain/time/dates.ts'
import { mustParseMoney } from '../amounts.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, schedule } from '../state.ts'
import type { World } from '../state.ts'
import { bankMorning, bookLater, bookLine, dayStart, strikes } from './book.ts'
import { cutOff } from './payouts.ts'
import { creditLate, payLate, payTwins } from './special-top-ups.ts'
import { fundPaypal, withdraw } from './transfers.ts'

const CLIENTS = mustParseMoney('6000.00')
const MONTHLY_FEE = mustParseMoney('12.00')
const FEE_DAY = '05'
const TOOL_DAY = '08'
const LATE_DAY = 3

export function scheduleMoneyDay(world: World): void {
  const start = dayStart(world.nowMs)
  const today = start + 5 * MINUTE_MS
  schedule(world, today > world.nowMs ? today : today + DAY_MS, { kind: 'money-day' })
}

/** Five minutes after midnight. */
export function moneyDay(world: World): void {
  const { money } = world
  if (money === undefined) return
  scheduleMoneyDay(world)
  const date = isoDateInZone(world.nowMs, 'UTC')
  const day = Math.round((dayStart(world.nowMs) - dayStart(world.options.startMs)) / DAY_MS) + 1
  if (day > 1) cutOff(world, money)
  if (weekdayOf(date) === 1) {
    const client = { account: 'checking' as const, party: 'ACME GMBH', text: 'CLIENT RETAINER', about: 'income' }
    bookLater(world, bankMorning(world.nowMs, 0), { ...client, gross: CLIENTS })
  }
  if (date.endsWith(`-${FEE_DAY}`)) {
    const fee = { account: 'checking' as const, party: '', text: 'MONTHLY ACCOUNT FEE', about: 'bank fee' }
    bookLater(world, bankMorning(world.nowMs, 0), { ...fee, gross: -MONTHLY_FEE })
  }
  if (weekdayOf(date) === 4) withdraw(world, money)
  fundPaypal(world, money)
  if (money.options.paysInEur === true && date.endsWith(`-${TOOL_DAY}`))
    schedule(world, world.nowMs + HOUR_MS, { kind: 'money-tool' })
  if (day === LATE_DAY) schedule(world, bankMorning(world.nowMs, 0), { kind: 'money-late', step: 'pay' })
  if (strikes(world, money, 'equal-pair')) payTwins(world)
  if (strikes(world, money, 'unknown-line')) {
    const stray = { account: 'checking' as const, party: 'J DOE', text: 'STANDING ORDER 77', about: 'nothing known' }
    bookLater(world, bankMorning(world.nowMs, 0), { ...stray, gross: -mustParseMoney('17.31') })
  }
}

/** The first panel's wire of the third day, credited two days after it left. */
export function moneyLate(world: World, step: 'pay' | 'credit'): void {
  const { money } = world
  if (money === undefined) return
  if (step === 'credit') return creditLate(world)
  payLate(world, money)
  schedule(world, bankMorning(world.nowMs, 2), { kind: 'money-late', step: 'credit' })
}

export function moneyLine(world: World, line: Parameters<typeof bookLine>[2]): void {
  const { money } = world
  if (money === undefined) return
  bookLine(world, money, line)
  if (line.about.startsWith('transfer ') && line.account === 'paypal' && line.gross > 0n) money.isFunding = false
}
