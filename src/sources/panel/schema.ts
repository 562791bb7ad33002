/**
 * The shapes a panel's JSON may have, as wide as panels really are and no wider. Each has two forms: `plain` for
 * `JSON.parse`, which refuses a money field that is a JS number, and `exact` for `parseJsonExact`, where numbers are
 * their source text. Plain is tried first; the exact one reads what it refuses.
 */
import { z } from 'zod'
import { isJsonNumber, type JsonNumber } from '../../domain/json.ts'

const numberText = z.custom<JsonNumber>(isJsonNumber).transform((token) => token.source)
const exactText = z.union([z.string(), numberText])
/** Counts and ids: a JS number is exact here, since floats hold every whole number below 2⁵³. */
const plainText = z.union([z.string(), z.number()])

const shapes = <Amount extends z.ZodType<string>, Count extends z.ZodType<string | number>>(
  amount: Amount,
  count: Count,
) => {
  const flag = z.union([z.boolean(), count]).nullish()
  return {
    /** One order's status, or its error, or a drip-feed or subscription parent (no charge, but `orders`). */
    statusRow: z.object({
      error: z.string().optional(),
      status: count.nullish(),
      charge: amount.nullish(),
      remains: count.nullish(),
      start_count: count.nullish(),
      start_counter: count.nullish(),
      currency: z.string().nullish(),
      orders: z.array(count).nullish(),
      old_orders: z.array(count).nullish(),
    }),
    balance: z.object({ balance: amount.nullish(), currency: z.string().nullish() }),
    service: z.object({
      service: count,
      name: count.nullish(),
      type: z.string().nullish(),
      rate: amount.nullish(),
      min: count.nullish(),
      max: count.nullish(),
      category: count.nullish(),
      dripfeed: flag,
      refill: flag,
      cancel: flag,
    }),
    placed: z.object({ order: count }),
  }
}

export const plain = shapes(z.string(), plainText)
export const exact = shapes(exactText, exactText)

export type StatusFields = z.infer<typeof plain.statusRow>
export type ServiceFields = z.infer<typeof plain.service>
