/** Control totals as JSON text with the amounts as decimal strings: how they are kept in run_step and printed by --json. */
import * as z from 'zod'
import type { ControlTotals } from '../domain/wallets/control-totals.ts'

const whole = z.codec(z.string(), z.bigint(), {
  decode: (text) => BigInt(text),
  encode: (value) => value.toString(),
})
const outcome = z.strictObject({ in: whole, posted: whole, unchanged: whole, quarantined: whole, excepted: whole })
const totalsSchema = z.strictObject({ rows: outcome, money: z.record(z.string(), outcome) })

export function stringifyTotals(totals: ControlTotals): string {
  return JSON.stringify(z.encode(totalsSchema, { rows: { ...totals.rows }, money: { ...totals.money } }))
}

export function parseTotals(text: string): ControlTotals {
  return z.decode(totalsSchema, JSON.parse(text) as z.input<typeof totalsSchema>)
}
