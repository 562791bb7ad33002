/** Answers nobody can read: set aside and told of, under what they were about. */
import type { Landed } from '../../log/landing.ts'
import { judge, stands } from '../engine/items.ts'
import { quarantine, type BatchContext, type ContextSource } from './context.ts'

export interface Unread {
  /** Of the exception. */
  readonly object: string
  /** What was set aside, where it is called something else. */
  readonly called?: string
  /** Without a code it came and makes no sense. */
  readonly observed: { readonly kind: string; readonly code?: string }
  readonly reason: string
  readonly detail?: string
}

/** An answer that makes no sense is an answer: that none came about the same thing is over. */
export async function raiseUnread(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  { object, called = object, observed, reason, detail = reason }: Unread,
): Promise<void> {
  const code = unreadCode(observed)
  if (code === 'ANSWER_UNREAD' && object !== SEVERAL) await settleUnanswered(context, item, object)
  await quarantine(context, item, 0, called, reason, object)
  await stands(context, item, { source: source.name, code, object, amount: null, currency: null, detail })
}

/** Requests about orders that nobody could read, one exception for all: an answer to one says nothing of the others. */
const SEVERAL = 'statuses'
/** What a source is asked first of all: where that is answered, it can be reached. */
const FIRST: ReadonlySet<string> = new Set(['wallet', 'counter'])

/** Something has come about the object. What is said of a later answer stands, though an old one may be read again. */
export async function settleUnanswered(context: BatchContext, item: Landed, object: string): Promise<void> {
  const about = FIRST.has(object) ? ['source', object] : [object]
  await judge(context, item, item.source, { codes: ['SOURCE_FAILED'], about, raisedBeforeBatch: item.batch })
}

/** Refusals and outages leave a source stale; only what came as an answer and makes no sense is a bad payload. */
function unreadCode(observed: { readonly kind: string; readonly code?: string }): 'ANSWER_UNREAD' | 'SOURCE_FAILED' {
  return observed.code === undefined || GARBLED.has(observed.code) ? 'ANSWER_UNREAD' : 'SOURCE_FAILED'
}

const GARBLED: ReadonlySet<string> = new Set(['html', 'not-json', 'vendor-error', 'unexpected-shape'])
