/**
 * What is landed about the things we ask vendors to do: orders, cancels, refills and campaigns. An order and a campaign
 * land before they are sent (`intent`), since money may move although no answer ever comes.
 */
import * as z from 'zod'
import { addOrderSchema } from '../../sources/panel/add-order.ts'
import { newCampaignSchema } from '../../sources/payelancer/requests.ts'

const failure = {
  reason: z.string(),
  /** True when the vendor may have acted on it. */
  mayHaveTakenEffect: z.boolean(),
}

/** `ref` joins everything about one order. */
export const addRequestSchema = z.discriminatedUnion('phase', [
  z.strictObject({ action: z.literal('add'), phase: z.literal('intent'), ref: z.string() }),
  z.strictObject({
    action: z.literal('add'),
    phase: z.literal('balance'),
    ref: z.string(),
    moment: z.enum(['before', 'after']),
  }),
  z.strictObject({ action: z.literal('add'), phase: z.literal('answer'), ref: z.string() }),
  z.strictObject({ action: z.literal('add'), phase: z.literal('failed'), ref: z.string(), ...failure }),
  /** The program ended before an answer was kept. */
  z.strictObject({ action: z.literal('add'), phase: z.literal('lost'), ref: z.string() }),
  /** A person looked: the order's id, or null when it was not placed. */
  z.strictObject({
    action: z.literal('add'),
    phase: z.literal('resolved'),
    ref: z.string(),
    orderId: z.string().nullable(),
    /** Who said it and why; what was landed before they were asked for has neither. */
    by: z.string().optional(),
    why: z.string().optional(),
  }),
  /** A person's word was wrong: nobody knows again. */
  z.strictObject({
    action: z.literal('add'),
    phase: z.literal('taken-back'),
    ref: z.string(),
    by: z.string(),
    why: z.string(),
  }),
])
export type AddRequest = z.infer<typeof addRequestSchema>

/** The body of an intent. */
export const addIntentSchema = z.strictObject({
  order: addOrderSchema,
  /** The catalogue's row the order was checked against. */
  service: z.strictObject({
    service: z.string(),
    name: z.string(),
    type: z.string(),
    /** Decimal text, as the catalogue shows it. */
    rate: z.string(),
    min: z.string().nullable(),
    max: z.string().nullable(),
  }),
  /** All runs, or posts × max comments; null where the service fixes it. */
  quantity: z.string().nullable(),
  /** Every price it may have, likeliest first, in units. */
  prices: z.tuple([z.string()], z.string()),
})
export type AddIntent = z.infer<typeof addIntentSchema>

/** A cancel or refill: `failed` carries the sentence as its body, `answer` the panel's bytes. */
export const orderRequestSchema = z.discriminatedUnion('phase', [
  z.strictObject({
    action: z.enum(['cancel', 'refill']),
    phase: z.literal('answer'),
    orders: z.array(z.string()),
  }),
  z.strictObject({
    action: z.enum(['cancel', 'refill']),
    phase: z.literal('failed'),
    orders: z.array(z.string()),
    ...failure,
  }),
])

export type OrderRequest = z.infer<typeof orderRequestSchema>

export const campaignRequestSchema = z.discriminatedUnion('phase', [
  z.strictObject({
    action: z.literal('create-campaign'),
    phase: z.literal('intent'),
    ref: z.string(),
    campaign: newCampaignSchema,
  }),
  z.strictObject({ action: z.literal('create-campaign'), phase: z.literal('answer'), ref: z.string() }),
  z.strictObject({ action: z.literal('create-campaign'), phase: z.literal('failed'), ref: z.string(), ...failure }),
  /** The program ended before an answer was kept. */
  z.strictObject({ action: z.literal('create-campaign'), phase: z.literal('lost'), ref: z.string() }),
  /** A person looked: the campaign's id, or null when it was not created. */
  z.strictObject({
    action: z.literal('create-campaign'),
    phase: z.literal('resolved'),
    ref: z.string(),
    campaignId: z.string().nullable(),
    by: z.string(),
    why: z.string(),
  }),
  z.strictObject({
    action: z.literal('create-campaign'),
    phase: z.literal('taken-back'),
    ref: z.string(),
    by: z.string(),
    why: z.string(),
  }),
])
export type CampaignRequest = z.infer<typeof campaignRequestSchema>
