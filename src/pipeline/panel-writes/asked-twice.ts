/** The very same order or campaign once more within a day is more often a mistake than wanted: it is named first. */
import { InputError } from '../../domain/errors.ts'

export interface Again {
  /** A person wants it although it was placed lately. */
  readonly again?: boolean
}

const DAY_MS = 86_400_000

/** Throws InputError when it was placed less than a day before `nowMs`. */
export function refuseLately(
  what: 'order' | 'campaign',
  placedAtMs: number,
  vendorId: string | null,
  nowMs: number,
): void {
  // A clock that was set back makes nothing old.
  const agoMs = Math.max(0, nowMs - placedAtMs)
  if (agoMs >= DAY_MS) return
  const name = vendorId === null ? '' : `, as ${what} ${vendorId}`
  const message = `Exactly this ${what} was placed ${agoText(agoMs)} ago${name}. Nothing was sent.`
  throw new InputError('PLACED_LATELY', message, 'To place it once more, say so with --again.')
}

function agoText(ms: number): string {
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 1) return 'less than a minute'
  if (minutes < 120) return minutes === 1 ? '1 minute' : `${minutes} minutes`
  return `${Math.floor(minutes / 60)} hours`
}
