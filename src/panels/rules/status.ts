/** The statuses of panel orders, and how an order ends. Panels lower the charge of one ending and not of another (O4). */

export const KNOWN_STATUSES = ['pending', 'in-progress', 'partial', 'completed', 'canceled', 'failed'] as const
export type OrderStatus = (typeof KNOWN_STATUSES)[number] | 'unknown'

/** What a panel's numeric statuses mean, as its owner was told: "3" is completed. */
export type StatusCodes = Readonly<Record<string, (typeof KNOWN_STATUSES)[number]>>

export type Ending = 'canceled' | 'failed' | 'partial' | 'completed'

/** How the order ended; null while it is open. A status nobody knows counts as open. */
export function endingOf(status: OrderStatus | null): Ending | null {
  switch (status) {
    case 'canceled':
    case 'failed':
    case 'partial':
    case 'completed':
      return status
    case 'pending':
    case 'in-progress':
    case 'unknown':
    case null:
      return null
  }
}

export function isFinal(status: OrderStatus | null): boolean {
  return endingOf(status) !== null
}
