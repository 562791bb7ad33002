/**
 * Payelancer's `conversion.tracked` webhook → one conversion. It has no id and does not say whose side the payout is, so
 * it is evidence only: summed by day and compared with the counters, never booked. Field by field: MAPPING.md.
 */
import * as z from 'zod'
import { parseInstant } from '../../domain/time/dates.ts'
import { ReadError } from '../../domain/errors.ts'
import { decimalTextOf, readJsonExact } from '../../domain/json.ts'
import type { ReadLimits } from '../../domain/read-limits.ts'
import { parseMoney, type Units } from '../../domain/money/money.ts'
import { firstIssue } from '../issues.ts'

export type ConversionObservation =
  | { readonly kind: 'conversion'; readonly payout: Units; /** UTC milliseconds. */ readonly atMs: number }
  | { readonly kind: 'bad'; readonly reason: string }

const conversionSchema = z.object({
  event: z.string(),
  data: z.object({
    payout: z.unknown().transform(decimalTextOf).pipe(z.string('expected an amount')),
    timestamp: z.string(),
  }),
})

export function observeConversion(body: Buffer, limits: ReadLimits | null): ConversionObservation {
  let value: unknown
  try {
    value = readJsonExact(body.toString('utf8'), limits)
  } catch (error) {
    if (!(error instanceof ReadError)) throw error
    return bad(error.code === 'NOT_JSON' ? 'the webhook is not JSON' : `the webhook ${error.message}`)
  }
  const fields = conversionSchema.safeParse(value)
  if (!fields.success) return bad(`the webhook has an unexpected shape: ${firstIssue(fields.error)}`)
  const { event, data } = fields.data
  if (event !== 'conversion.tracked') return bad(`the event "${event.slice(0, 80)}" is not known`)
  const payout = parseMoney(data.payout)
  if (!payout.ok) return bad(`the payout cannot be read: ${payout.reason}`)
  const atMs = parseInstant(data.timestamp)
  if (atMs === null) return bad(`the timestamp "${data.timestamp.slice(0, 80)}" is not an instant with its zone`)
  return { kind: 'conversion', payout: payout.units, atMs }
}

function bad(reason: string): ConversionObservation {
  return { kind: 'bad', reason }
}
