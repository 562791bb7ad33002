/**
 * Many deliveries in one durable commit. Whoever comes while a commit is running waits for the next one, so that a disk
 * that needs six milliseconds for a commit still takes hundreds of deliveries a second. A promise resolves only after the
 * commit that holds its delivery.
 */
import type { NewDelivery } from '../evidence/webhooks.ts'

export interface DeliveryQueue {
  /** Rejects when the delivery was not stored. */
  readonly push: (delivery: NewDelivery) => Promise<void>
  /** True when so many wait that one more would only wait in vain. */
  readonly isFull: () => boolean
  readonly commits: () => number
  /** Resolves when nothing waits any more. */
  readonly drained: () => Promise<void>
}

export interface QueueLimits {
  /** Deliveries in one commit. */
  readonly group: number
  /** Deliveries that may wait. */
  readonly waiting: number
}

interface Waiting {
  readonly delivery: NewDelivery
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

export function createDeliveryQueue(
  store: (deliveries: readonly NewDelivery[]) => Promise<void>,
  limits: QueueLimits,
): DeliveryQueue {
  let waiting: Waiting[] = []
  let commits = 0
  let working: Promise<void> | null = null

  const commitAll = async (): Promise<void> => {
    while (waiting.length > 0) {
      // Lets the sockets be read once more, so that what has arrived during a commit goes into the next.
      await new Promise<void>((resolve) => setImmediate(resolve))
      const group = waiting.slice(0, limits.group)
      waiting = waiting.slice(limits.group)
      try {
        await store(group.map(({ delivery }) => delivery))
        commits += 1
        for (const { resolve } of group) resolve()
      } catch (error) {
        for (const { reject } of group) reject(error)
      }
    }
    working = null
  }

  return {
    push: (delivery) =>
      new Promise<void>((resolve, reject) => {
        waiting.push({ delivery, resolve, reject })
        working ??= commitAll()
      }),
    isFull: () => waiting.length >= limits.waiting,
    commits: () => commits,
    drained: () => working ?? Promise.resolve(),
  }
}
