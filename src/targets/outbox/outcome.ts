/**
 * What each answer to a create makes of the row, as a table. Only an id makes `delivered`; only an answer that rules an
 * entry out makes `queued`, `held` or `refused`; whatever could have taken effect is `unknown`, and is looked up. What was
 * unknown before stays so: that a second request came to nothing says nothing about the first.
 */
import { markOf } from '../book-mark.ts'
import type { RemoteEntry } from '../entry.ts'
import type { CreateOutcome, Trouble } from '../port.ts'
import type { Claimed } from './claim.ts'
import type { Move } from './move.ts'
import type { OutboxRow } from './row.ts'

export type Next =
  | { readonly kind: 'move'; readonly move: Move; readonly trouble: Trouble | null }
  /** Nothing left this machine: the row is what it was before. */
  | { readonly kind: 'not-sent'; readonly move: Move; readonly trouble: Trouble }
  /** Somebody has this number: the look-up says whether it is us. */
  | { readonly kind: 'look-up'; readonly message: string; readonly evidence: string }
  /** The books closed since they were asked about. */
  | { readonly kind: 'closed'; readonly message: string; readonly evidence: string }

export function afterCreate({ row, before }: Claimed, outcome: CreateOutcome): Next {
  switch (outcome.kind) {
    case 'created':
      return move(created(row, outcome.remote), null)
    case 'throttled': {
      const { message } = outcome
      if (!outcome.sent) return { kind: 'not-sent', move: { to: before, message }, trouble: outcome }
      return move({ to: 'unknown', message }, outcome)
    }
    case 'unauthorised':
    case 'unavailable':
      return move(notDone(before, outcome.message), outcome)
    case 'unknown':
      return move({ to: 'unknown', message: outcome.message }, outcome)
    case 'refused': {
      const { reason, message, evidence } = outcome
      if (reason === 'duplicate-document') return { kind: 'look-up', message, evidence }
      if (reason === 'closed-period') return { kind: 'closed', message, evidence }
      return move({ to: 'refused', message, evidence, freshKey: true }, null)
    }
  }
}

function move(move: Move, trouble: Trouble | null): Next {
  return { kind: 'move', move, trouble }
}

/** This request has done nothing; an earlier one under its key may still. */
function notDone(before: Claimed['before'], message: string): Move {
  if (before === 'queued') return { to: 'queued', message, freshKey: true }
  return { to: 'unknown', message: `${message} What was sent before is looked up first.` }
}

/** An answer about some other entry is a replay of something, or a mix-up: it proves nothing about ours. */
function created(row: OutboxRow, remote: RemoteEntry): Move {
  if (remote.document !== row.document) {
    const message = `The target answered with the entry of ${remote.document || 'another document'} (id ${remote.remoteId}).`
    return { to: 'unknown', message, evidence: remote.raw }
  }
  if (markOf(remote) !== markOf(row.entry)) {
    const message = `The target answered the creation of ${row.document} with entry ${remote.remoteId}, which does not carry the id of this book. What is there is looked up before anything is sent again.`
    return { to: 'unknown', message, evidence: remote.raw }
  }
  return { to: 'delivered', message: `created as ${remote.remoteId}`, evidence: remote.raw, remote }
}
