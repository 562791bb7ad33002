/** How a night's process and its run decide whether the night is done or tried again, and how loudly that is said. */
import type { ClosedNight } from '../../pipeline/serve/closing-word.ts'
import type { NightOutcome } from '../../pipeline/serve/ticks.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import type { ChildEnd } from './child-command.ts'

/**
 * A first attempt that met another process at work, such as the lease of one that was killed a moment ago, is no news: it
 * is tried again in a minute. A source that could not be read deserves a look, and a night that failed or crashed a person.
 */
export function logLevelOf(kind: NightOutcome['kind'], attempt: number): 'info' | 'warn' | 'error' {
  switch (kind) {
    case 'done':
    case 'stopped':
      return 'info'
    case 'busy':
      return attempt > 1 ? 'warn' : 'info'
    case 'incomplete':
      return 'warn'
    case 'transient':
    case 'crashed':
    case 'failed':
      return 'error'
  }
}

/** `closed` is what the run wrote when it was closed, null when none was; a pass that is no night has no such word. */
export function nightOutcome(end: ChildEnd, closed: Pick<ClosedNight, 'unread'> | null | 'not asked'): NightOutcome {
  const { exitCode, endedBy, failure, failureCode } = end
  switch (exitCode) {
    case EXIT_CODES.ok.code:
    case EXIT_CODES.findings.code:
      return finished(exitCode, closed)
    case EXIT_CODES.transient.code:
      return { kind: isBusy(failureCode) ? 'busy' : 'transient', detail: failure ?? 'Something outside was down.' }
    case EXIT_CODES.interrupted.code:
      return { kind: 'stopped', detail: 'Stopped as asked; it goes on where it stood.' }
    case EXIT_CODES.usage.code:
    case EXIT_CODES.rejected.code:
    case EXIT_CODES.wrongNode.code:
      return { kind: 'failed', detail: failure ?? `Its process ended with exit code ${exitCode}.` }
    case null:
      return { kind: 'crashed', detail: `Its process was ended by ${endedBy ?? 'a signal'}.` }
    default:
      return { kind: 'crashed', detail: failure ?? `Its process ended with exit code ${exitCode}.` }
  }
}

/** The weekly proof: a person has to see what it finds. */
export function proofOutcome(end: ChildEnd): NightOutcome {
  if (end.exitCode !== EXIT_CODES.findings.code) return nightOutcome(end, 'not asked')
  const detail = 'The books are not what their log makes them. Run tieout ledger verify --rebuild to see what differs.'
  return { kind: 'failed', detail }
}

/** Another process has the book: nothing is wrong with this one. */
function isBusy(code: string | null): boolean {
  return code === 'BOOK_BUSY' || code === 'LEASE_LOST'
}

function finished(exitCode: number, closed: Pick<ClosedNight, 'unread'> | null | 'not asked'): NightOutcome {
  if (closed === null) {
    const detail = `Its process ended with exit code ${exitCode}, but no run of the night was closed.`
    return { kind: 'crashed', detail }
  }
  const unread = closed === 'not asked' ? [] : closed.unread
  if (unread.length > 0) return { kind: 'incomplete', detail: `${unread.join(', ')} could not be read to the end.` }
  const found = exitCode === EXIT_CODES.findings.code
  return { kind: 'done', detail: found ? 'Done; it found something a person must see.' : 'Done.' }
}
