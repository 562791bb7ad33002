/**
 * The panels' service catalogue: all eight types of the vendor document, with rates from flat prices down to
 * fractions of a cent per order, because that is where rounding goes wrong.
 */
import type { Units } from '../../domain/money/money.ts'
import { mustParseMoney } from './amounts.ts'

export type ServiceType =
  | 'Default'
  | 'SEO'
  | 'Custom Comments'
  | 'Custom Comments Package'
  | 'Poll'
  | 'Subscriptions'
  | 'Invites from Groups'
  | 'Package'

export interface Service {
  readonly id: number
  readonly name: string
  readonly type: ServiceType
  /** As the catalogue shows it: per 1000 delivered, or per order for a Package. */
  readonly rateText: string
  readonly rate: Units
  readonly min: number
  readonly max: number
  readonly category: string
  /** What one Package order delivers. */
  readonly packageQuantity: number
}

type Row = readonly [number, string, ServiceType, string, number, number, string]

const ROWS: readonly Row[] = [
  [1, 'Followers', 'Default', '0.90', 50, 10_000, 'First Category'],
  [2, 'Comments', 'Custom Comments', '8', 10, 1500, 'Second Category'],
  [3, 'Likes', 'Default', '0.347', 20, 20_000, 'First Category'],
  [4, 'Comments on new posts', 'Custom Comments Package', '6.55', 1, 5000, 'Second Category'],
  [5, 'Search visits', 'SEO', '1.3719', 100, 50_000, 'Traffic'],
  [6, 'Poll votes', 'Poll', '2.15', 10, 5000, 'Polls'],
  [7, 'Likes on new posts', 'Subscriptions', '1.05', 50, 10_000, 'Subscriptions'],
  [8, 'Group invites', 'Invites from Groups', '4.20', 20, 3000, 'Groups'],
  [9, 'Starter pack', 'Package', '4.99', 1, 1, 'Packages'],
  [10, 'Views', 'Default', '0.02735', 100, 1_000_000, 'First Category'],
  [11, 'Growth pack', 'Package', '12.50', 1, 1, 'Packages'],
  [12, 'Reviews, hand-written', 'Custom Comments', '37.5', 1, 200, 'Second Category'],
]

export const CATALOGUE: readonly Service[] = ROWS.map(([id, name, type, rateText, min, max, category]) => ({
  id,
  name,
  type,
  rateText,
  rate: mustParseMoney(rateText),
  min,
  max,
  category,
  packageQuantity: type === 'Package' ? 1000 : 0,
}))

const BY_ID: ReadonlyMap<number, Service> = new Map(CATALOGUE.map((service) => [service.id, service]))

export function findService(id: number): Service | undefined {
  return BY_ID.get(id)
}
