/**
 * What can be asked of Payelancer, as data, landed beside the answer and therefore without the key.
 */

export type PayelancerRequest =
  | { readonly action: 'stats' }
  | { readonly action: 'ad-formats' }
  | { readonly action: 'create-campaign'; readonly campaign: NewCampaign }

export interface NewCampaign {
  readonly name: string
  /** Decimal text, "500.00": it goes into the JSON body digit by digit, never through a float. */
  readonly budget: string
  readonly targetUrl: string
}

export const PATHS: Readonly<Record<PayelancerRequest['action'], string>> = {
  stats: '/backend/api/v1/stats.php',
  'ad-formats': '/backend/api/v1/ad-formats.php',
  'create-campaign': '/backend/api/v1/campaigns.php',
}
