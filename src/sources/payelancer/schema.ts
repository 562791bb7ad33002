/**
 * The shapes of Payelancer's answers, read by `parseJsonExact`: every number, money or count, is its source text.
 * Wide enough that a null or an empty field gets a reason of its own instead of "unexpected shape".
 */
import { z } from 'zod'
import { isJsonNumber, type JsonNumber } from '../../domain/json.ts'

const text = z.union([z.string(), z.custom<JsonNumber>(isJsonNumber).transform((token) => token.source)])

export const statsSchema = z.object({
  success: z.boolean(),
  role: z.string().nullish(),
  stats: z
    .object({
      impressions: text.nullish(),
      clicks: text.nullish(),
      earnings: text.nullish(),
      spent: text.nullish(),
    })
    .nullish(),
})

export const campaignSchema = z.object({
  success: z.boolean(),
  id: text.nullish(),
  campaign_id: text.nullish(),
})

export const adFormatsSchema = z.object({
  success: z.boolean(),
  formats: z.array(z.object({ id: text, name: z.string().nullish(), dimensions: z.string().nullish() })).nullish(),
})
