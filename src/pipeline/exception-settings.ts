/** A book's owners and limits of exceptions as they are landed, and back: a page of an old night is read by those of then. */
import type { ExceptionPolicy } from '../config/money-model.ts'
import { formatExact, unitsOf } from '../domain/money/money.ts'
import type { ExceptionSettings } from './settings.ts'

export function exceptionSettings({
  reviewAbove,
  escalateAbove,
  escalateDays,
  owners,
}: ExceptionPolicy): ExceptionSettings {
  return {
    reviewAbove: formatExact(reviewAbove),
    escalateAbove: formatExact(escalateAbove),
    escalateDays,
    owners: Object.fromEntries([...owners].toSorted(([a], [b]) => (a < b ? -1 : 1))),
  }
}

export function exceptionPolicy({
  reviewAbove,
  escalateAbove,
  escalateDays,
  owners,
}: ExceptionSettings): ExceptionPolicy {
  return {
    reviewAbove: unitsOf(reviewAbove),
    escalateAbove: unitsOf(escalateAbove),
    escalateDays,
    owners: new Map(Object.entries(owners)),
  }
}
