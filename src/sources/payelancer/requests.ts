/**
 * What can be asked of Payelancer, as data, landed beside the answer and therefore without the key. A campaign is checked
 * before it is sent, by the fields the document requires.
 */
import * as z from 'zod'
import { parseMoney } from '../../domain/money/money.ts'

export type PayelancerRequest =
  | { readonly action: 'stats' }
  | { readonly action: 'ad-formats' }
  | { readonly action: 'create-campaign'; readonly campaign: NewCampaign }

export const newCampaignSchema = z.strictObject({
  name: z.string('needed').trim().min(1, 'cannot be empty').max(200, 'longer than 200 characters'),
  /** Decimal text, "500.00": it goes into the JSON body digit by digit, never through a float. */
  budget: z.string('needed').refine(isBudget, 'must be a positive decimal of at most 8 places, such as 500.00'),
  targetUrl: z
    .string('needed')
    .max(2000, 'longer than 2,000 characters')
    .refine(isWebAddress, 'not an http(s) address'),
})
export type NewCampaign = Readonly<z.infer<typeof newCampaignSchema>>

function isBudget(text: string): boolean {
  const parsed = parseMoney(text)
  return parsed.ok && parsed.units > 0n && /^\d+(?:\.\d{1,8})?$/.test(text)
}

function isWebAddress(text: string): boolean {
  return /^https?:$/.test(URL.parse(text)?.protocol ?? '')
}

export const PATHS: Readonly<Record<PayelancerRequest['action'], string>> = {
  stats: '/backend/api/v1/stats.php',
  'ad-formats': '/backend/api/v1/ad-formats.php',
  'create-campaign': '/backend/api/v1/campaigns.php',
}
