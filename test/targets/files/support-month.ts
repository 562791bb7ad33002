/** A month as a run would post it: an opening before it, sub-cent charges, a refund, a clawback, yen, and a late item. */
import type { Event } from '../../journals/support.ts'

export const MONTH: readonly Event[] = [
  ['panel', 'opening-wallet', 'netpanel', '100.12345678', '2026-10-31'],
  ['panel', 'top-up', 'grosspanel', '200', '2026-11-02'],
  ['panel', 'charge', 'netpanel', '0.40332', '2026-11-05'],
  ['panel', 'charge', 'grosspanel', '4.5', '2026-11-05', 'USD', 'order:7'],
  ['panel', 'charge', 'netpanel', '0.0041', '2026-11-06'],
  ['panel', 'refund', 'grosspanel', '0.9', '2026-11-07', 'USD', 'order:7'],
  ['publisher', 'earn', 'pub', '138.27', '2026-11-07'],
  ['publisher', 'clawback', 'pub', '6.4', '2026-11-09'],
  ['advertiser', 'opening-wallet', 'ads', '10000', '2026-10-31', 'JPY'],
  ['advertiser', 'spend', 'ads', '1500.40000001', '2026-11-10', 'JPY'],
  ['panel', 'charge', 'netpanel', '0.33333333', '2026-11-30'],
  ['panel', 'charge', 'netpanel', '5.2', '2026-11-30'],
  ['panel', 'charge', 'netpanel', '0.00000001', '2026-12-01'],
]
